"""The router the parts of settlement's API hang on."""

from qudao.kernel import web

router = web.router("settlement")

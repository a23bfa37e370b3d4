"""The router the parts of orders' API hang on."""

from qudao.kernel import web

router = web.router("orders")

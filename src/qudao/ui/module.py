from qudao.kernel import manifest

MODULE = manifest.Module(name="ui", needs=("kernel",), urls="qudao.ui.urls")

"""What a page may not do: break the content-security policy, throw, report errors, shut people out."""

import contextlib
import pathlib

AXE = pathlib.Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
"""
_RUN = """
async (rules) => {
  const found = await axe.run(document, {runOnly: rules});
  return found.violations.map((one) => ({
    rule: one.id, help: one.help,
    where: one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0] ? node.any[0].message : '')),
  }));
}
"""
_WIDER = """
() => [...document.querySelectorAll('body, main, .top')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.tagName + '.' + one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth)
"""
_BEYOND = """
() => [...document.querySelectorAll('.q-scroll')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.getAttribute('aria-label') + ' ' + one.scrollWidth + ' > ' + one.clientWidth)
"""


@contextlib.contextmanager
def errors_of(page, *, expects=()):
    """Raise AssertionError at the end with everything the page complained about.

    `expects` are the status codes a test provokes on purpose.
    """
    said: list[str] = []
    codes = [expects] if isinstance(expects, int) else expects
    # The browser's words, and htmx's.
    allowed = tuple(words.format(code) for code in codes for words in ("status of {}", "Error Code {} from"))

    def on_console(message):
        if message.type == "error" and not any(one in message.text for one in allowed):
            said.append(message.text)

    page.add_init_script(_VIOLATIONS)
    page.on("console", on_console)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    yield
    assert said == [], f"{page.url}: " + "; ".join(said)


def accessibility(page) -> list[dict]:
    """What axe finds against WCAG 2.2 A and AA; scripts enter by the debugger, past the page's policy."""
    page.evaluate(AXE.read_text())
    return page.evaluate(_RUN, RULES)


def too_wide(page) -> list[str]:
    """Parts of the frame that scroll sideways; tables are boxes of their own (`beyond`).

    A drawing follows the window's new width a frame later.
    """
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate(_WIDER)


def beyond(page) -> list[str]:
    """Tables with columns beyond the edge of their box, which is where nobody looks on a phone."""
    return page.evaluate(_BEYOND)

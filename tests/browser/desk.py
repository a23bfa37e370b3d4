"""The order desk as a person works at it: by the keyboard, the scanner and the clipboard."""

from playwright.sync_api import expect


class Desk:
    """An order desk opened for a partner."""

    def __init__(self, page, party_id: int | None = None):
        self.page = page
        page.goto(f"/orders/new/?party={party_id}" if party_id else "/orders/new/")

    @property
    def names(self) -> list[str]:
        return [
            name.split("\n")[0] for name in self.page.locator(".q-desk .q-table tbody th").all_inner_texts()
        ]

    @property
    def quantities(self) -> list[str]:
        return [field.input_value() for field in self.page.locator("[data-line]").all()]

    def add(self, text: str) -> None:
        """Type, scan or paste into the one field, and Enter."""
        self.page.locator("#desk-add").fill(text)
        with self.quoted():
            self.page.keyboard.press("Enter")

    def quantity(self, line: int, value: str) -> None:
        field = self.page.locator(f'[data-line="{line}"]')
        field.fill(value)
        with self.quoted():
            field.press("Enter")

    def quoted(self):
        """The desk has shown the server's answer to what is done inside."""
        return _Quoted(self.page)

    @property
    def place(self):
        return self.page.get_by_role("button", name="提交确认")

    def placed(self) -> str:
        """The number of the order whose page opened."""
        self.page.wait_for_url("**/orders/*-*/")
        expect(self.page.locator(".q-head")).to_contain_text("已确认")
        return self.page.get_by_role("heading", level=1).inner_text()


class _Quoted:
    """Waits for htmx to have swapped the answer in and settled it."""

    def __init__(self, page):
        self.page = page

    def __enter__(self):
        self.page.evaluate(
            """() => {
              window.settled = new Promise((done, fail) => {
                document.body.addEventListener('htmx:afterSettle', () => done(true), {once: true});
                setTimeout(() => fail(new Error('the desk had no answer')), 20000);
              });
            }"""
        )

    def __exit__(self, kind, *_):
        if kind is None:
            self.page.evaluate("() => window.settled")

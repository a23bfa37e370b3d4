"""Who opened a form finds the way back without it."""

from qudao.kernel import scope
from qudao.pricing import models

# The company these people belong to trades.
NEEDS = ("orders",)
KANGZE = "HT-2026-0183"


def test_the_menu_of_changes_names_the_partner_and_leads_back_to_it(company, browser):
    here = f"/partners/{company.parties['kangze']}/"
    said = browser("wangmin").get(f"{here}change/").content.decode()
    assert "<h1>康泽医疗：要修改什么？</h1>" in said
    assert f'<a class="btn" href="{here}">返回</a>' in said


def test_who_looked_at_the_form_of_a_contract_goes_back_without_one(company, browser):
    with scope.everything():
        contract = models.ContractVersion.objects.get(pk=company.contracts[KANGZE]).contract_id
    forms = {
        f"/contracts/{contract}/new-version/": f"/contracts/{contract}/",
        f"/contracts/new/?account={company.accounts['kangze.CV']}": "/contracts/",
    }
    for address, back in forms.items():
        page = browser("wangmin").get(address).content.decode()
        assert page.count(f'<a class="btn" href="{back}">取消</a>') == 1, address

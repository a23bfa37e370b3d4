"""Pages of contracts, prices and promotions."""

from django.urls import path

from qudao.pricing.views import contract, explain, factors, lists, price_files, promotions, uploads

urlpatterns = [
    path("contracts/", lists.contracts, name="contracts"),
    path("contracts/new/", uploads.contract_draft, name="contract_draft"),
    path("contracts/template.xlsx", uploads.contract_template, name="contract_template"),
    path("contracts/<uuid:contract_id>/", contract.contract, name="contract"),
    path("contracts/<uuid:contract_id>/new-version/", uploads.contract_revise, name="contract_revise"),
    path("contracts/versions/<int:version_id>/sign/", contract.version_sign, name="version_sign"),
    path(
        "contracts/versions/<int:version_id>/workbook.xlsx",
        contract.version_workbook,
        name="version_workbook",
    ),
    path("contracts/versions/<int:version_id>/paper/", contract.version_paper, name="version_paper"),
    path("contracts/versions/<int:version_id>/source/", contract.version_source, name="version_source"),
    path("prices/", lists.prices, name="prices"),
    path("prices/floors/", lists.floors, name="floors"),
    path("prices/factors/", lists.factors, name="factors"),
    path("prices/factors/new/", factors.factor_new, name="factor_new"),
    path("contracts/<uuid:contract_id>/end/", contract.contract_end, name="contract_end"),
    path("prices/guide/", price_files.price_upload, {"kind": "guide"}, name="guide_upload"),
    path("prices/guide/workbook.xlsx", price_files.price_workbook, {"kind": "guide"}, name="guide_workbook"),
    path("prices/hospital/", price_files.price_upload, {"kind": "hospital"}, name="hospital_upload"),
    path(
        "prices/hospital/workbook.xlsx",
        price_files.price_workbook,
        {"kind": "hospital"},
        name="hospital_workbook",
    ),
    path("prices/procurement/", price_files.price_upload, {"kind": "vbp"}, name="vbp_upload"),
    path(
        "prices/procurement/workbook.xlsx", price_files.price_workbook, {"kind": "vbp"}, name="vbp_workbook"
    ),
    path("prices/floors/upload/", price_files.price_upload, {"kind": "floor"}, name="floor_upload"),
    path("prices/floors/workbook.xlsx", price_files.price_workbook, {"kind": "floor"}, name="floor_workbook"),
    path("prices/explain/", explain.price_explain, name="price_explain"),
    path("promotions/", lists.promotions, name="promotions"),
    path("promotions/new/", promotions.promotion_start, name="promotion_start"),
    path("promotions/<int:promotion_id>/", promotions.promotion, name="promotion"),
    path("promotions/<int:promotion_id>/stop/", promotions.promotion_stop, name="promotion_stop"),
]

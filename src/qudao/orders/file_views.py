"""Orders out as Excel, orders in from a dealer's Excel."""

import io

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from qudao.kernel import errors, scope, tabular
from qudao.kernel.tabular import messages as tabular_messages
from qudao.orders import desk, files, presenting, queries, views
from qudao.partners import queries as partners
from qudao.ui import pages, status

MOST_ROWS = 20_000
EXPORT = tabular.Sheet(
    name="订单 Orders",
    columns=(
        tabular.Column(name="number", headers=("订单号", "Order"), kind="code"),
        tabular.Column(name="reference", headers=("客户单号", "Reference"), kind="code"),
        tabular.Column(name="party", headers=("伙伴", "Partner")),
        tabular.Column(name="channel", headers=("渠道", "Channel")),
        tabular.Column(name="state", headers=("状态", "State")),
        tabular.Column(name="business_on", headers=("日期", "Date"), kind="date"),
        tabular.Column(name="net", headers=("不含税金额", "Net"), kind="decimal"),
        tabular.Column(name="tax", headers=("税额", "Tax"), kind="decimal"),
        tabular.Column(name="gross", headers=("金额", "Amount"), kind="decimal"),
    ),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.page("orders.order.view")
def order_export(request) -> HttpResponse:
    """Exactly what the list shows under this filter, up to 20,000 orders."""
    buffer = io.BytesIO()
    tabular.write(buffer, EXPORT, _rows(request), describe=tabular_messages.describe)
    headers = {"Content-Disposition": 'attachment; filename="orders.xlsx"'}
    return HttpResponse(buffer.getvalue(), content_type=XLSX, headers=headers)


def _rows(request):
    cursor, count = "", 0
    while count < MOST_ROWS:
        found = queries.list_orders(
            views.filter_of(request.GET), actor=request.actor, cursor=cursor, limit=200
        )
        names = partners.party_names({row.party_id for row in found.rows}, actor=request.actor)
        for row in found.rows:
            yield {
                "number": row.number,
                "reference": row.reference or None,
                "party": names.get(row.party_id, ""),
                "channel": str(views.CHANNELS.get(row.channel, row.channel)),
                "state": str(status.show("order", row.status).label),
                "business_on": row.business_on,
                "net": row.net,
                "tax": row.tax,
                "gross": row.gross,
            }
        count += len(found.rows)
        cursor = found.next_cursor
        if not cursor:
            return


@pages.page("orders.order.place", own_transaction=True)
def order_upload(request) -> HttpResponse:
    """Take in a dealer's Excel as one order, or say row by row why not. Nothing is kept half."""
    party_id = request.actor.party_id or desk.whole(request.GET.get("party") or request.POST.get("party"))
    with scope.transaction(request.actor):
        party = partners.get_party(party_id, request.actor)
        context = {
            "party": party,
            "accounts": presenting.accounts(party_id, request.actor),
            "places": partners.list_places(party_id, request.actor),
            "limit": settings.UPLOAD_LIMIT // (1024 * 1024),
        }
    if request.method != "POST":
        return pages.show(request, "orders/upload.html", context)
    try:
        order = files.place_order_file(
            _content(request),
            filename=request.FILES["file"].name,
            account_id=desk.whole(request.POST.get("account")),
            ship_to_id=desk.whole(request.POST.get("ship_to")),
            actor=request.actor,
            now=request.now,
        )
    except errors.Refused as refusal:
        context["reasons"] = refusal.reasons[:50]
        context["more"] = max(0, len(refusal.reasons) - 50)
        return pages.show(request, "orders/upload.html", context, status=refusal.status)
    return redirect("order", order_id=order.id)


def _content(request) -> bytes:
    """The uploaded file; raises Refused for none, or one over the limit, before it is read."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise errors.refuse("orders.file_missing")
    if uploaded.size > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise errors.refuse("orders.file_too_large", size=uploaded.size // (1024 * 1024), limit=limit)
    return uploaded.read()

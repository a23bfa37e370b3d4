"""What every operation gets from the ground: one effect per key, problem details, pages, versions."""

import json

import pytest
from django.test import Client

from qudao.kernel import database
from tests.api import world


@pytest.fixture
def call(notes):
    """Send a request as an API client that may read and write notes."""
    world.oauth_client("notes.view", "notes.write")
    authorization = world.bearer()

    def send(method, path, body=None, *, key=None, raw=None, content_type="application/json", **headers):
        sent = {**authorization, **({"Idempotency-Key": key} if key else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = raw if raw is not None else (json.dumps(body) if body is not None else "")
        return Client().generic(method, f"/api/v1{path}", data, content_type=content_type, headers=sent)

    return send


NOTE = {"text": "你好", "amount": "1.50"}


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["errors"] and found["title"]
    return answer.status_code, found["code"]


def test_the_same_post_twice_has_one_effect_and_the_same_answer(call):
    first = call("POST", "/notes", NOTE, key="k1")
    again = call("POST", "/notes", NOTE, key="k1")
    assert (first.status_code, first.headers["Idempotent-Replayed"]) == (201, "false")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == again.json() == {"id": 1, "text": "你好", "amount": "1.50", "version": 1}
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert len(world.STORED) == 1


def test_control_another_key_has_another_effect(call):
    call("POST", "/notes", NOTE, key="k1")
    assert call("POST", "/notes", NOTE, key="k2").json()["id"] == 2


def test_a_write_without_a_key_is_refused(call):
    assert problem(call("POST", "/notes", NOTE)) == (400, "kernel.key_missing")
    assert world.STORED == []


def test_the_same_key_with_another_body_or_address_is_refused(call):
    call("POST", "/notes", NOTE, key="k1")
    assert problem(call("POST", "/notes", {**NOTE, "text": "b"}, key="k1")) == (422, "kernel.key_reused")
    assert problem(call("DELETE", "/notes/1", key="k1")) == (422, "kernel.key_reused")
    assert len(world.STORED) == 1


def test_a_key_belongs_to_its_caller(call):
    call("POST", "/notes", NOTE, key="k1")
    world.oauth_client("notes.write", client_id="other")
    sent = {**world.bearer("other"), "Idempotency-Key": "k1"}
    done = Client().post("/api/v1/notes", NOTE, content_type="application/json", headers=sent)
    assert (done.status_code, done.headers["Idempotent-Replayed"]) == (201, "false")


def test_a_request_whose_first_is_still_running_is_told_to_wait(call):
    with database.connect("app") as other, other.transaction():
        actor = call("GET", "/me").json()["name"]
        assert actor == "erp"
        reference = _client_reference()
        other.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s || chr(10) || %s, 7))", [reference, "k1"]
        )
        assert problem(call("POST", "/notes", NOTE, key="k1")) == (409, "kernel.key_running")
    assert call("POST", "/notes", NOTE, key="k1").status_code == 201


def _client_reference():
    from django.utils import timezone

    from qudao.organisation import actors

    return actors.of_client("erp", now=timezone.now()).ref


def test_a_refusal_names_every_reason_and_leaves_the_key_free(call):
    refused = call("POST", "/notes", {**NOTE, "fail": True}, key="k1", Accept_Language="en")
    assert problem(refused) == (422, "kernel.busy")
    found = [(one["code"], one["line"], one["severity"]) for one in refused.json()["errors"]]
    assert found == [("kernel.busy", 1, "refuse"), ("kernel.changed_meanwhile", 2, "refuse")]
    assert refused.json()["errors"][1]["why"] == "You saw version 1, it is now version 2."
    assert call("POST", "/notes", NOTE, key="k1").headers["Idempotent-Replayed"] == "false"


def test_problems_are_worded_in_the_language_asked_for(call):
    english = call("PUT", "/notes", NOTE, Accept_Language="en")
    chinese = call("PUT", "/notes", NOTE, Accept_Language="zh-CN,en;q=0.5")
    assert english.json()["title"] == "This address does not take this method"
    assert english.headers["Content-Language"] == "en"
    assert chinese.headers["Content-Language"] == "zh-hans"
    assert chinese.json()["title"] == "此地址不支持这种请求方法"
    assert call("POST", "/notes", NOTE).headers["Content-Language"] == "zh-hans"


def test_every_wrong_field_is_named_with_a_pointer(call):
    refused = call("POST", "/notes", {"amount": "1.234", "cost": "0"}, key="k1", Accept_Language="en")
    assert refused.status_code == 422
    found = {one["pointer"]: (one["code"], one["why"]) for one in refused.json()["errors"]}
    assert found == {
        "/body/body/text": ("api.invalid.missing", "text must be given."),
        "/body/body/amount": ("api.invalid.decimal_max_places", "amount takes at most 2 decimal places."),
        "/body/body/cost": ("api.invalid.extra_forbidden", "cost is not a field of this operation."),
    }


BAD_BODIES = [
    b"{",
    b"\xff\xfe",
    b'{"text": "a\\u0000", "amount": "1"}',
    b'{"text": "\\ud800", "amount": "1"}',
    b'{"text": "a", "amount": NaN}',
    b'{"text": "a", "amount": Infinity}',
    b"[" * 100_000,
    b'{"text": "a", "amount": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("raw", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_cannot_be_read_is_refused(call, raw):
    assert problem(call("POST", "/notes", raw=raw, key="k1")) == (400, "api.malformed")
    assert world.STORED == []


@pytest.mark.parametrize(
    "body", [None, [], "text", 7, {}, {"text": 1, "amount": []}, {"text": "a" * 3000, "amount": "1e99"}]
)
def test_a_body_of_the_wrong_shape_is_refused(call, body):
    assert problem(call("POST", "/notes", body, key="k1"))[0] == 422


def test_another_media_type_is_refused(call):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert problem(call("POST", "/notes", NOTE, key="k1", content_type=kind)) == (415, "api.media_type")
    assert problem(call("POST", "/files", NOTE, key="k1")) == (415, "api.media_type")


def test_a_body_over_the_limit_is_refused(call, settings_with_limit):
    raw = json.dumps({**NOTE, "text": "a" * 2000}).encode()
    assert problem(call("POST", "/notes", raw=raw, key="k1")) == (413, "api.too_large")
    assert call("POST", "/notes", NOTE, key="k1").status_code == 201


@pytest.fixture
def settings_with_limit():
    from django.test import override_settings

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        yield


def test_an_upload_is_taken_once(call):
    boundary = "multipart/form-data; boundary=x"
    raw = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
    )
    first = call("POST", "/files", raw=raw, content_type=boundary, key="k1")
    assert (first.status_code, first.json()["text"]) == (201, "hello")
    again = call("POST", "/files", raw=raw, content_type=boundary, key="k1")
    assert again.headers["Idempotent-Replayed"] == "true"
    other = raw.replace(b"hello", b"HELLO")
    assert problem(call("POST", "/files", raw=other, content_type=boundary, key="k1"))[0] == 422
    broken = call("POST", "/files", raw=b"--y", content_type="multipart/form-data", key="k2")
    assert problem(broken)[0] in (400, 422)


def test_a_field_the_answer_does_not_declare_never_leaves(call):
    call("POST", "/notes", NOTE, key="k1")
    assert hasattr(world.STORED[0], "cost")
    assert "cost" not in call("GET", "/notes/1").json()


def test_a_list_is_read_to_its_end_through_cursors(call):
    for number in range(5):
        call("POST", "/notes", NOTE, key=f"k{number}")
    pages, cursor = [], ""
    while cursor is not None:
        found = call("GET", f"/notes?limit=2{cursor}").json()
        pages.append([item["id"] for item in found["items"]])
        cursor = found["next_cursor"] and f"&cursor={found['next_cursor']}"
    assert pages == [[1, 2], [3, 4], [5]]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "99999999999999999999"])
def test_a_page_has_a_bounded_size(call, limit):
    assert problem(call("GET", f"/notes?limit={limit}"))[0] == 422


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "é", "WyIxIiwiMiJd", "%F0", "bnVsbA", "NQ"])
def test_a_cursor_of_somebody_elses_making_is_refused(call, cursor):
    assert problem(call("GET", f"/notes?cursor={cursor}")) == (400, "api.cursor")


def test_a_change_names_the_version_it_saw(call):
    call("POST", "/notes", NOTE, key="k1")
    assert problem(call("PATCH", "/notes/1", NOTE, key="k2")) == (428, "api.version_missing")
    assert problem(call("PATCH", "/notes/1", NOTE, key="k2", If_Match="x")) == (400, "api.version_unknown")
    done = call("PATCH", "/notes/1", NOTE, key="k2", If_Match='"1"')
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    late = call("PATCH", "/notes/1", NOTE, key="k3", If_Match='"1"')
    assert problem(late) == (412, "kernel.changed_meanwhile")


def test_what_has_not_changed_is_not_sent_again(call):
    call("POST", "/notes", NOTE, key="k1")
    tag = call("GET", "/notes/1").headers["ETag"]
    unchanged = call("GET", "/notes/1", If_None_Match=tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/notes/x", 404),
        ("/notes/99", 404),
        ("/notes/stored/99999999999999999999", 422),
        ("/notes/%00", 400),
        ("/notes?cursor=%00", 400),
        ("/nowhere", 404),
        ("/", 404),
        ("/%ff", 404),
    ],
)
def test_bad_input_is_never_our_error(call, path, status):
    assert problem(call("GET", path))[0] == status


def test_a_method_an_address_does_not_take_is_named(call):
    refused = call("PUT", "/notes", NOTE, key="k1")
    assert problem(refused) == (405, "api.method")
    assert "GET" in refused.headers["Allow"]


def test_a_delete_answers_without_content(call):
    done = call("DELETE", "/notes/1", key="k1")
    assert (done.status_code, done.content) == (204, b"")
    assert call("DELETE", "/notes/1", key="k1").headers["Idempotent-Replayed"] == "true"


def test_our_own_error_is_told_without_its_inside(call):
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/notes/rule/1", headers=world.bearer())
    assert problem(answer) == (500, "api.broken")
    assert b"no_such_table" not in answer.content


def test_the_description_lists_every_operation_with_its_key_and_problems(notes):
    found = Client().get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    added = found["paths"]["/api/v1/notes"]["post"]
    assert added["x-permission"] == "notes.write"
    assert [one["name"] for one in added["parameters"] if one["in"] == "header"] == ["Idempotency-Key"]
    assert "application/problem+json" in added["responses"]["default"]["content"]
    assert found["components"]["schemas"]["Problem"]["required"][0] == "type"
    schemes = found["components"]["securitySchemes"]
    assert schemes["Bearer"]["flows"]["clientCredentials"]["tokenUrl"] == "/api/oauth/token"

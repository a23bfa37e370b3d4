"""`qudao client`: register an API client and print its secret, once."""

from qudao.shell import starting


def configure(parser) -> None:
    parser.add_argument("client_id", metavar="ID", help="the client's id, such as kangze-erp")
    parser.add_argument("--name", default="", help="who it belongs to; the id unless given")
    parser.add_argument("--role", default="api_client", help="role of its post (default: api_client)")
    reach = parser.add_mutually_exclusive_group(required=True)
    reach.add_argument("--party", metavar="CODE", help="code of the partner whose own data it reaches")
    reach.add_argument("--whole", action="store_true", help="one of our own systems: the whole business")


def run(arguments) -> int:
    starting.ready()
    from django.utils import timezone

    from qudao.kernel import errors, scope
    from qudao.partners import queries
    from qudao.shell.api import clients

    actor, now = scope.system("administrator"), timezone.now()
    party_id = 0
    if arguments.party:
        with scope.transaction(actor):
            found = [
                one
                for one in queries.search_parties(arguments.party, actor=actor)
                if one.code == arguments.party
            ]
        if not found:
            raise errors.refuse("api.party_unknown", party=arguments.party)
        party_id = found[0].id
    secret = clients.register(
        client_id=arguments.client_id,
        name=arguments.name or arguments.client_id,
        role=arguments.role,
        party_id=party_id,
        whole=arguments.whole,
        actor=actor,
        now=now,
    )
    print(f"client id      {arguments.client_id}")
    print(f"client secret  {secret}")
    print("The secret is shown this once. Tokens: POST /api/oauth/token, grant_type=client_credentials.")
    return 0

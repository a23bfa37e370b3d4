"""Words for the reasons of organisation."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES: dict[str, Message] = {
    "organisation.client_without_post": Message(
        _("The API client has no post"),
        _("No post was given to %(client)s."),
        _("Ask your administrator for a post for this client."),
    ),
    "organisation.code_taken": Message(
        _("The code is taken"), _("%(text)s is already in use."), _("Choose another code.")
    ),
    "organisation.uscc_invalid": Message(
        _("Not a unified social credit code"),
        _("“%(text)s” does not pass the check of 18 characters."),
        _("Compare it with the business licence."),
    ),
    "organisation.province_covered": Message(
        _("A province belongs to another region"),
        _("%(region)s covers it already."),
        _("Take it out there first."),
    ),
    "organisation.username_taken": Message(
        _("The user name is taken"), _("Somebody signs in as %(text)s already."), _("Choose another name.")
    ),
    "organisation.password_weak": Message(
        _("The password is too weak"), _("%(why)s"), _("Choose a longer one that nobody can guess.")
    ),
    "organisation.permission_unknown": Message(
        _("There is no such permission"),
        _("No module that is on knows %(permissions)s."),
        _("Choose among the permissions listed."),
    ),
    "organisation.role_unknown": Message(
        _("There is no such role"), _("No role has the code %(role)s."), _("Choose among the roles listed.")
    ),
    "organisation.grant_exceeds_own": Message(
        _("Nobody grants more than they hold"),
        _("You do not hold, over all of this part of the business: %(permissions)s."),
        _("Narrow the post, or ask somebody who holds it."),
    ),
    "organisation.grant_to_self": Message(
        _("Nobody grants a post to themselves"),
        _("The post is for the person who grants it."),
        _("Ask a colleague who may grant it."),
    ),
    "organisation.duties_conflict": Message(
        _("Managing people and auditing are kept apart"),
        _("%(person)s would both grant rights and export the journal that records it."),
        _("Give one of the two to somebody else."),
    ),
    "organisation.post_of_another_party": Message(
        _("The person works for somebody else"),
        _("People and posts of a partner stay within that partner."),
        _("Choose the partner the person works for."),
    ),
    "organisation.period_not_ended": Message(
        _("The period has not ended"), _("%(month)s is not over yet."), _("Close it after its last day.")
    ),
    "organisation.period_closed": Message(
        _("The period is closed already"),
        _("%(month)s is closed for this ledger."),
        _("Choose the month after the last one closed."),
    ),
    "organisation.period_out_of_order": Message(
        _("Periods close one after the other"),
        _("%(month)s is still open for this ledger."),
        _("Close it first."),
    ),
    "organisation.period_of_others": Message(
        _("You do not close the periods of this legal entity"),
        _("Closing concerns everybody who works for %(entity)s; your post covers only a part of it."),
        _("Ask a colleague who is responsible for the whole legal entity."),
    ),
    "organisation.export_too_large": Message(
        _("Too large for a download from here"),
        _("The journal has %(entries)s entries; this page exports up to %(most)s."),
        _("Have it exported on the server: qudao journal export ./journal-export"),
    ),
    "organisation.export_impossible": Message(
        _("The journal cannot be exported from here"),
        _("%(why)s"),
        _("Have it exported on the server: qudao journal export ./journal-export"),
    ),
}

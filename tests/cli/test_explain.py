"""`provision explain`: what the tables know, and nothing of its own."""

import subprocess
import sys

import pytest

from provision.catalogue.catalogue import CORE_TYPES, KEYED_FIELDS
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.catalogue.scope import SCOPES
from provision.doctor.diagnosis import CHECKS
from provision.doctor.explain import explain
from provision.doctor.glossary import GATES, SCOPES_ALLOW, TERMS, VOCABULARY
from provision.errors import ExitCode, GateName
from provision.refusals.dictionary import REFUSALS
from provision.spec.combination.judge import COMBINATIONS

FIELDS = [(kind.name, field.name) for kind in CORE_TYPES for field in kind.fields]


def test_a_key_of_a_spec_comes_with_its_fields(run):
    ran = run("explain", "policies.permitted_users")
    assert ran.code == ExitCode.OK
    key, field = ran.out.split("\n\n")
    assert key.splitlines()[0] == "policies.permitted_users (key of a spec)"
    assert "values      admin_approved, self_authorized" in key
    assert "sets        ExtlClntAppOauthConfigurablePolicies.permittedUsersPolicyType" in key
    assert "values      admin_approved (AdminApprovedPreAuthorized), self_authorized" in field
    assert "default     AllSelfAuthorized" in field
    assert "spec key    policies.permitted_users" in field


def test_a_key_says_which_keys_are_below_it(run):
    shown = run("explain", "policies.refresh_token").out
    assert "values      valid_until_revoked, expire_immediately" in shown
    assert "keys        lifetime, inactivity" in shown


def test_a_field_says_which_versions_know_it_and_its_values(run):
    shown = run("explain", "namedUserJwtTimeout").out
    assert "kind        integer" in shown
    assert "30, 60 [API 65 and later]" in shown
    assert "API         61 and later" in shown
    assert "only with   namedUserJwtSessionTimeoutType Custom" in shown
    assert "metadata.ExtlClntAppOauthConfigurablePolicies.namedUserJwtTimeout" in shown


def test_a_field_that_went_says_until_when(run):
    name = "ExtlClntAppOauthConfigurablePolicies.isNamedUserJwtEnabled"
    assert "API         61 to 63" in run("explain", name).out


def test_a_field_of_the_org_has_no_key(run):
    shown = run("explain", "oauthLink").out
    assert "decided by  the org, which generates it" in shown
    assert "travels     no: it belongs to one org" in shown
    assert "spec key" not in shown


def test_a_secret_says_that_it_is_one(run):
    assert "shown       never" in run("explain", "consumerSecret").out


def test_a_field_of_a_record(run):
    shown = run("explain", "idTokenConfig.idTokenValidityInMinutes").out
    assert shown.startswith("ExtlClntAppGlobalOauthSettings.idTokenConfig.idTokenValidityInMinutes")


def test_a_name_alone_is_looked_for_everywhere(run):
    titles = [part.splitlines()[0] for part in run("explain", "LABEL").out.split("\n\n")]
    assert "label (key of a spec)" in titles
    assert {f"{kind.name}.label (metadata field)" for kind in CORE_TYPES} <= set(titles)


@pytest.mark.parametrize("code", list(ExitCode))
def test_an_exit_code_by_number_and_name(run, code):
    shown = run("explain", "exit", str(code.value)).out
    assert shown.startswith(f"exit {code.value} ({code.name})\n  means ")
    for said in (f"{code}", f"exit code {code}", f"exit-{code}", f"exit status: {code}"):
        assert run("explain", *said.split()).out == shown
    assert run("explain", code.name.lower()).out == shown


def test_an_interruption_has_a_code_and_other_numbers_have_none(run):
    assert "Interrupted" in run("explain", "130").out
    assert run("explain", "exit", "9").code == ExitCode.CANNOT


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_every_refusal_by_code_and_text(run, row):
    for sign in (*row.texts, *row.codes):
        ran = run("explain", *sign.replace("*", "x").split())
        assert ran.code == ExitCode.OK
        for cause in row.causes:
            assert f"{cause.text} {cause.next_step}" in ran.out


def test_a_refusal_says_its_causes_its_source_and_that_it_may_be_a_lag(run):
    shown = run("explain", "redirect_uri_mismatch").out
    assert shown.startswith("redirect_uri_mismatch (refusal)\n  means ")
    assert shown.index("cause 1") < shown.index("cause 2")
    assert "may pass    for some minutes after a change of oauth.callback_urls" in shown
    assert "source      ArcadeAI/docs#1136" in shown


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.token)
def test_every_scope_by_each_of_its_names(run, scope):
    for name in (*scope.names, scope.token):
        ran = run("explain", name)
        assert ran.code == ExitCode.OK
        assert (
            f"{scope.names[0]} (OAuth scope)\n  allows      {SCOPES_ALLOW[scope.token]}" in ran.out
        )
        assert f"metadata    {scope.token}" in ran.out
        assert f"API         {scope.since} and later" in ran.out


@pytest.mark.parametrize("term", TERMS)
def test_every_term_by_each_of_its_names(run, term):
    for name in (term, *TERMS[term].others):
        assert run("explain", *name.split()).out.startswith(f"{term} ({TERMS[term].sort})\n")


@pytest.mark.parametrize("word", VOCABULARY)
def test_every_word_of_the_program(run, word):
    assert f"means       {VOCABULARY[word]}" in run("explain", *word.split()).out


def test_every_gate_and_how_it_is_lifted(run):
    assert set(GATES) == set(GateName)
    for gate in GateName:
        lifted = "nothing" if gate is GateName.STALE else f"--allow {gate}"
        assert f"lifted by   {lifted}" in run("explain", gate.value).out


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda each: each.id)
def test_every_combination_that_cannot_work(run, combination):
    shown = run("explain", combination.id).out
    assert f"next step   {combination.next_step}" in shown
    assert f"source      {combination.source}" in shown


@pytest.mark.parametrize(
    "kind",
    [*CORE_TYPES, *(each.metadata_type for each in DEPENDENT_TYPES)],
    ids=lambda kind: kind.name,
)
def test_every_metadata_type_by_name_folder_and_suffix(run, kind):
    for name in (kind.name, kind.directory, kind.suffix):
        shown = run("explain", name).out
        assert f"{kind.name} (metadata type)" in shown
        assert f"file        {kind.directory}/NAME.{kind.suffix}" in shown


@pytest.mark.parametrize("member", SETTINGS_TYPES)
def test_every_setting_of_an_org_that_provision_reads(run, member):
    kind = SETTINGS_TYPES[member]
    for name in (kind.name, f"Settings:{member}"):
        assert run("explain", name).out.startswith(f"{kind.name} (settings of an org)")
    for field in kind.fields:
        shown = run("explain", field.name).out
        assert f"where       Settings:{member} ({kind.name})" in shown


def test_every_value_of_a_list_names_the_fields_that_take_it(run):
    values = {
        str(choice.value): f"{kind.name}.{field.name}"
        for kind in CORE_TYPES
        for field in kind.fields
        for choice in field.choices
        if len(str(choice.value)) > 1
    }
    assert len(values) > 20
    for value, field in values.items():
        ran = run("explain", value)
        assert ran.code == ExitCode.OK
        assert field in ran.out or "(value of a field)" not in ran.out
    assert "in a spec admin_approved" in run("explain", "AdminApprovedPreAuthorized").out
    assert "in a spec admin_approved" in run("explain", "admin_approved").out


def test_a_refusal_is_titled_by_what_was_asked(run):
    assert run("explain", "RemoteOrgSignupFailed").out.startswith("RemoteOrgSignupFailed (refusal)")
    assert run("explain", "rate_limit_exceeded").out.startswith("rate_limit_exceeded (refusal)")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_that_no_field_is_called_like(run, check):
    shown = run("explain", check.id)
    assert shown.code == ExitCode.OK


def test_a_check(run):
    assert "C-1016" not in run("explain", "name-clash").out
    assert "fix         Choose another name" in run("explain", "name-clash").out


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("policies.sesion_timeout", "policies.session_timeout"),
        ("sesionTimeoutInMinutes", "sessionTimeoutInMinutes"),
        ("ExtlClntAppOauthSettings.oauthLnk", "ExtlClntAppOauthSettings.oauthLink"),
        ("invalid_clint_id", "invalid_client_id"),
        ("mpc_api", "mcp_api"),
        ("tokenIpRange", "tokenIpRanges"),
    ],
)
def test_an_unknown_word_exits_2_and_says_what_is_near(run, word, near):
    ran = run("explain", word)
    assert (ran.code, ran.out) == (ExitCode.CANNOT, "")
    assert near in ran.err


@pytest.mark.parametrize("word", ["zzzzzz", "9", "  ", "UNHEARD_OF"])
def test_a_word_that_is_near_nothing_exits_2(run, word):
    ran = run("explain", word)
    assert ran.code == ExitCode.CANNOT
    assert "Try a key of a spec" in ran.err


def test_every_field_and_every_key_is_known():
    for kind, field in FIELDS:
        assert any(m.title.startswith(f"{kind}.{field} ") for m in explain(f"{kind}.{field}"))
        assert explain(field)
    for keyed in KEYED_FIELDS:
        meanings = explain(keyed.key.name)
        title = f"{keyed.type.name}.{keyed.field.name} "
        assert any(m.title.startswith(title) for m in meanings)


def test_a_field_needs_no_network_library():
    code = (
        "import sys\n"
        "from provision.doctor.explain import explain\n"
        "assert explain('policies.session_timeout')\n"
        "print([n for n in ('requests', 'simple_salesforce', 'rich') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("error", "names"),
    [
        ("invalid_app_access: user is not admin approved to access this app", "assign_to"),
        ("invalid_app_access", "assign_to"),
        ("OAUTH_APP_ACCESS_DENIED", "assign_to"),
        ("OAUTH_EC_APP_NOT_FOUND", "provision apply"),
        ("External client app is not installed in this org", "provision apply"),
        ("invalid_grant: no client credentials user enabled", "oauth.client_credentials.run_as"),
        ("invalid_grant: expired access/refresh token", "policies.refresh_token"),
        ("invalid_grant: Audience validation failed", "My Domain"),
        ("app is blocked by admin", "policies.enabled"),
        ("C-1016", "SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI"),
        ("tokenIpRanges", "allowlist"),
        ("UseAnyApiClient", "admin-approved ones too"),
        ("unsupported_scope", "oauth.scopes"),
    ],
)
def test_an_error_as_an_org_words_it_leads_to_what_mends_it(run, error, names):
    ran = run("explain", error)
    assert ran.code == ExitCode.OK
    assert names in ran.out


def test_a_key_that_says_who_chooses(run):
    shown = run("explain", "oauth.consumer_key").out
    assert "provision chooses a random consumer key on create" in shown
    assert "values      generate" in shown


def test_the_table_of_permissions_is_shown(run):
    shown = run("explain", "permissions").out
    assert "| Assign Permission Sets or Manage Users |" in shown


def test_a_field_says_what_a_stricter_value_refuses_or_why_it_harms_nobody(run) -> None:
    strict = run("explain", "isMtlsEnabled").out
    assert "stricter    the org refuses token requests and calls without a client cert" in strict
    assert "changed     harmless: People read it; no program does." in run("explain", "logoUrl").out


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("ipRelaxation", "policies.ip_relaxation"),
        ("refreshTokenPolicy", "policies.refresh_token"),
        ("sessionTimeout", "policies.session_timeout"),
        ("isAdminApproved", "policies.permitted_users"),
        ("sessionLevel", "requiredSessionLevel"),
        ("ipRanges", "trustedIpRanges"),
    ],
)
def test_a_name_of_a_connected_app_leads_to_its_key(run, word, key) -> None:
    ran = run("explain", word)
    assert ran.code == ExitCode.OK
    assert key in ran.out


@pytest.mark.parametrize(
    ("word", "said"),
    [("packaged-app", "Advice of a plan"), ("disputed-version", "A warning of a plan")],
)
def test_the_advice_of_plans_is_explained(run, word, said) -> None:
    assert said in run("explain", word).out


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("private key", "oauth.jwt_bearer.private_key (key of a spec)"),
        ("JWT bearer", "oauth.jwt_bearer (key of a spec)"),
        ("callback URL", "oauth.callback_url (key of a spec)"),
        ("IP relaxation", "policies.ip_relaxation (key of a spec)"),
        ("permitted-users", "policies.permitted_users (key of a spec)"),
        ("jwt_bearer.prove_as", "oauth.jwt_bearer.prove_as (key of a spec)"),
        ("admin-approved", "admin_approved (value of a field)"),
        ("login.salesforce.com", "login host (OAuth)"),
        ("frozen", "IsFrozen (object of an org)"),
        ("Modify Metadata", "(user permission)"),
        ("PermissionsUseAnyApiClient", "Use Any API Client (user permission)"),
    ],
)
def test_names_are_found_as_people_say_them(run, words, title):
    assert title in run("explain", words).out

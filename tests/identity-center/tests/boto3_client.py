"""The official SDK for Python against the simulator: what it accepts is what AWS would answer.

Usage: boto3_client.py SCENARIO, with the environment of the simulator and SIMULATOR_START_URL.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

START_URL = os.environ["SIMULATOR_START_URL"]
REGION = os.environ["SIMULATOR_REGION"]
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ONE_TRY = {"total_max_attempts": 1}

session = boto3.Session(region_name=REGION)
oidc = session.client("sso-oidc", config=Config(signature_version=UNSIGNED, retries=ONE_TRY))
sso = session.client("sso", config=Config(signature_version=UNSIGNED, retries=ONE_TRY))


def sts(credentials):
    return session.client(
        "sts",
        aws_access_key_id=credentials["accessKeyId"],
        aws_secret_access_key=credentials["secretAccessKey"],
        aws_session_token=credentials["sessionToken"],
        config=Config(retries=ONE_TRY),
    )


def chained(credentials):
    return sts({name[0].lower() + name[1:]: value for name, value in credentials.items()})


def refused(kind, call, **arguments):
    """Calls, and wants this modelled exception, or this error code."""
    try:
        call(**arguments)
    except ClientError as error:
        if isinstance(kind, str):
            assert error.response["Error"]["Code"] == kind, error.response
        else:
            assert type(error) is kind, (type(error), error.response)
        return error.response
    raise AssertionError(f"not refused: {kind}")


def register():
    answer = oidc.register_client(
        clientName="boto3",
        clientType="public",
        scopes=["sso:account:access"],
        grantTypes=[DEVICE_GRANT, "refresh_token"],
    )
    assert answer["clientSecretExpiresAt"] > answer["clientIdIssuedAt"] > 1_600_000_000, answer
    return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}


def sign_in():
    client = register()
    device = oidc.start_device_authorization(startUrl=START_URL, **client)
    grant = {"grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"], **client}
    assert device["expiresIn"] == 600 and device["interval"] == 1, device
    response = refused(oidc.exceptions.AuthorizationPendingException, oidc.create_token, **grant)
    assert response["error"] == "authorization_pending", response
    refused(oidc.exceptions.SlowDownException, oidc.create_token, **grant)
    with urllib.request.urlopen(device["verificationUriComplete"]) as page:
        assert page.status == 200
    while True:
        try:
            tokens = oidc.create_token(**grant)
            break
        except oidc.exceptions.SlowDownException:
            import time

            time.sleep(device["interval"])
    refused(oidc.exceptions.InvalidGrantException, oidc.create_token, **grant)
    return client, tokens


def errors_of_oidc(client):
    errors = oidc.exceptions
    wrong = {**client, "clientSecret": "wrong"}
    start = oidc.start_device_authorization
    refused(errors.InvalidClientException, start, startUrl=START_URL, **wrong)
    refused(errors.InvalidRequestException, start, startUrl="https://other.awsapps.com/start", **client)
    refused(errors.UnsupportedGrantTypeException, oidc.create_token, grantType="password", **client)
    refused(errors.UnauthorizedClientException, oidc.create_token, grantType="authorization_code", **client)
    refused(errors.InvalidRequestException, oidc.create_token, grantType="refresh_token", **client)
    registration = {"clientName": "boto3", "clientType": "public"}
    refused(errors.InvalidClientMetadataException, oidc.register_client, clientName="x", clientType="confidential")
    refused(errors.InvalidScopeException, oidc.register_client, scopes=["everything"], **registration)
    redirects = {"grantTypes": ["authorization_code"], "redirectUris": ["https://example.com/"]}
    refused(errors.InvalidRedirectUriException, oidc.register_client, **redirects, **registration)


def portal(token):
    pages = list(sso.get_paginator("list_accounts").paginate(accessToken=token, PaginationConfig={"PageSize": 4}))
    accounts = [account for page in pages for account in page["accountList"]]
    assert len(pages) > 1 and len({account["accountId"] for account in accounts}) == len(accounts)
    account = accounts[0]
    assert account["accountName"] and "@" in account["emailAddress"], account
    known = {"accountId": account["accountId"], "accessToken": token}
    paginator = sso.get_paginator("list_account_roles")
    roles = [role for page in paginator.paginate(**known) for role in page["roleList"]]
    assert all(role["accountId"] == account["accountId"] for role in roles), roles
    errors = sso.exceptions
    refused(errors.ResourceNotFoundException, sso.list_account_roles, accountId="999999999999", accessToken=token)
    refused(errors.InvalidRequestException, sso.list_account_roles, accountId="999", accessToken=token)
    refused("ForbiddenException", sso.get_role_credentials, roleName="Missing", **known)
    refused(errors.UnauthorizedException, sso.list_accounts, accessToken="wrong")
    answer = sso.get_role_credentials(roleName=roles[0]["roleName"], **known)
    return account["accountId"], roles[0]["roleName"], answer["roleCredentials"]


def identities(account, role, credentials):
    own = sts(credentials)
    me = own.get_caller_identity()
    assert me["Account"] == account, me
    assert me["Arn"].startswith(f"arn:aws:sts::{account}:assumed-role/AWSReservedSSO_{role}_"), me
    assert me["Arn"].endswith("/user@example.com") and me["UserId"].endswith(":user@example.com"), me
    target = {"RoleArn": "arn:aws:iam::444455556666:role/team/Deploy", "RoleSessionName": "user@example.com"}
    answer = own.assume_role(SourceIdentity="user", ExternalId="id-1", **target)
    assert answer["SourceIdentity"] == "user" and answer["Credentials"]["Expiration"].year > 2000, answer
    arn = "arn:aws:sts::444455556666:assumed-role/Deploy/user@example.com"
    assert answer["AssumedRoleUser"]["Arn"] == arn, answer
    assert chained(answer["Credentials"]).get_caller_identity()["Arn"] == arn
    refused("ValidationError", own.assume_role, DurationSeconds=7200, **target)
    refused("ValidationError", own.assume_role, **{**target, "RoleSessionName": "x" * 65})
    refused("AccessDenied", own.assume_role, **{**target, "RoleArn": "arn:aws:iam::444455556666:role/Locked"})
    refused("AccessDenied", chained(answer["Credentials"]).assume_role, SourceIdentity="other", **target)
    for name, code in [("accessKeyId", "InvalidClientTokenId"), ("sessionToken", "InvalidClientTokenId")]:
        refused(code, sts({**credentials, name: "ASIAWRONG"}).get_caller_identity)
    refused("SignatureDoesNotMatch", sts({**credentials, "secretAccessKey": "wrong"}).get_caller_identity)
    refused("InvalidAction", own.get_session_token)
    return answer["Credentials"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def federate(parameters):
    """The status, the body and the address of the redirect."""
    address = os.environ["AWS_ENDPOINT_URL_SIGNIN"] + "/federation?" + urllib.parse.urlencode(parameters)
    try:
        with urllib.request.build_opener(NoRedirect).open(address) as answer:
            return answer.status, answer.read(), None
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers.get("Location")


def console(credentials, chain):
    names = {"sessionId": "accessKeyId", "sessionKey": "secretAccessKey", "sessionToken": "sessionToken"}
    own = {new: credentials[old] for new, old in names.items()}
    other = {new: chain[old[0].upper() + old[1:]] for new, old in names.items()}
    token = {"Action": "getSigninToken"}
    status, body, _ = federate({**token, "SessionDuration": 3600, "Session": json.dumps(own)})
    assert status == 200, body
    assert federate({**token, "Session": json.dumps(other)})[0] == 200
    assert federate({**token, "SessionDuration": 3600, "Session": json.dumps(other)})[0] == 400
    assert federate({**token, "Session": json.dumps({**own, "sessionKey": "wrong"})})[0] == 400
    page = "https://eu-central-1.console.aws.amazon.com/s3/home?region=eu-central-1#x"
    login = {"Action": "login", "Issuer": "test", "Destination": page}
    answer = federate({**login, "SigninToken": json.loads(body)["SigninToken"]})
    assert answer[0] == 302 and answer[2] == page, answer
    assert federate({**login, "SigninToken": "wrong"})[0] == 400


def everything():
    client, tokens = sign_in()
    errors_of_oidc(client)
    refresh = {"grantType": "refresh_token", "refreshToken": tokens["refreshToken"], **client}
    token = oidc.create_token(**refresh)["accessToken"]
    account, role, credentials = portal(token)
    chain = identities(account, role, credentials)
    console(credentials, chain)
    sso.logout(accessToken=token)
    refused(sso.exceptions.UnauthorizedException, sso.list_accounts, accessToken=token)
    refused(sso.exceptions.UnauthorizedException, sso.logout, accessToken=token)


def throttled():
    refused(sso.exceptions.TooManyRequestsException, sso.list_accounts, accessToken="any")
    refused(oidc.exceptions.InternalServerException, register)


def skewed():
    _, tokens = sign_in()
    _, _, credentials = portal(tokens["accessToken"])
    response = refused("SignatureDoesNotMatch", sts(credentials).get_caller_identity)
    assert response["Error"]["Message"].startswith("Signature expired: "), response


def expired():
    _, tokens = sign_in()
    _, _, credentials = portal(tokens["accessToken"])
    refused("ExpiredToken", sts(credentials).get_caller_identity)


{"everything": everything, "throttled": throttled, "skewed": skewed, "expired": expired}[sys.argv[1]]()

"""Which hosts boto3 calls, by AWS's own rules: regions as arguments; a line for each region, FIPS and dual stack."""

import sys

import boto3
from botocore.config import Config

CALLS = [
    ("sso", "list_accounts", {"accessToken": "x"}),
    ("sso-oidc", "register_client", {"clientName": "x", "clientType": "public"}),
    ("sts", "get_caller_identity", {}),
]


class Stop(Exception):
    pass


def host(service, operation, arguments, region, fips, dual_stack):
    seen = []

    def stop(request, **_):
        seen.append(request.url.split("/")[2])
        raise Stop

    config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack, retries={"max_attempts": 0})
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.client(service, region_name=region, config=config, **keys)
    client.meta.events.register("before-send", stop)
    try:
        getattr(client, operation)(**arguments)
    except Stop:
        pass
    return seen[0]


for region in sys.argv[1:]:
    for fips in (False, True):
        for dual_stack in (False, True):
            hosts = [host(*call, region, fips, dual_stack) for call in CALLS]
            print(region, int(fips), int(dual_stack), *hosts)

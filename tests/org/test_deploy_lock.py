"""One deploy at a time for each org."""

import threading
from concurrent.futures import ThreadPoolExecutor

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.org.deploy import DeployOptions
from provision.org.deployer import deploy_lock_of
from tests.orgs import NEWEST


def app(name: str) -> Package:
    fields = {"contactEmail": "a@example.com"}
    return Package(NEWEST, (Component(EXTERNAL_CLIENT_APPLICATION, name, fields),))


def test_deploys_to_one_org_come_one_after_the_other(org) -> None:
    """Each has an object of its own for the org, as the apps of a fleet may have."""
    org.set_quirks("deploy_polls=3")
    orgs = [org.writable() for _ in range(4)]
    together = threading.Barrier(len(orgs))

    def deploy(number: int) -> bool:
        together.wait(20)
        return orgs[number].deployer.run(app(f"App{number}"), DeployOptions()).success

    with org.noting() as noted, ThreadPoolExecutor(len(orgs)) as pool:
        assert all(pool.map(deploy, range(len(orgs))))
    assert noted == ["!rest:deployRequest", *["rest:deployStatus"] * 4] * len(orgs)


def test_a_deploy_that_fails_releases_the_lock(org) -> None:
    org.set_faults({"operation": "rest:deployRequest", "kind": "unable_to_lock_row"})
    writable = org.writable()
    with ThreadPoolExecutor(2) as pool:
        run = [
            pool.submit(writable.deployer.run, app(name), DeployOptions())
            for name in ("Robot", "Other")
        ]
        ends = sorted(str(one.exception(30)) for one in run)
    assert ends[0].startswith("None") != ends[1].startswith("None")


def test_orgs_do_not_wait_for_each_other() -> None:
    with deploy_lock_of("https://one.example"), deploy_lock_of("https://two.example"):
        assert deploy_lock_of("https://ONE.example") is deploy_lock_of("https://one.example")

import io
import zipfile

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.catalogue.package import Package

APP = Component(EXTERNAL_CLIENT_APPLICATION, "A", {"label": "A"})
SETTINGS = Component(OAUTH_SETTINGS, "A_oauth", {"externalClientApplication": "A"})


def test_equal_packages_are_equal_bytes() -> None:
    assert Package(66, (APP, SETTINGS)).zip() == Package(66, (APP, SETTINGS)).zip()


def test_a_package_has_its_manifest_at_the_root() -> None:
    with zipfile.ZipFile(io.BytesIO(Package(66, (APP, SETTINGS)).zip())) as archive:
        assert archive.namelist() == [
            "package.xml",
            "externalClientApps/A.eca",
            "extlClntAppOauthSettings/A_oauth.ecaOauth",
        ]
        manifest = archive.read("package.xml").decode()
    assert manifest == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Package xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        "    <types>\n"
        "        <members>A</members>\n"
        "        <name>ExternalClientApplication</name>\n"
        "    </types>\n"
        "    <types>\n"
        "        <members>A_oauth</members>\n"
        "        <name>ExtlClntAppOauthSettings</name>\n"
        "    </types>\n"
        "    <version>66.0</version>\n"
        "</Package>\n"
    )


def test_deletions_have_a_manifest_of_their_own() -> None:
    files = Package(66, deletions=(("ExternalClientApplication", "A"),)).files()
    assert list(files) == ["package.xml", "destructiveChanges.xml"]
    assert b"<members>A</members>" in files["destructiveChanges.xml"]
    assert b"<members>" not in files["package.xml"]
    assert b"<version>" not in files["destructiveChanges.xml"]

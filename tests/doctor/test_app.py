"""Checks of an app: what they find, how bad that is, and where."""

import dataclasses
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.doctor.check import Subject
from provision.doctor.diagnosis import diagnose
from provision.findings import Severity
from provision.keys.pair import new_pair
from tests.doctor.conftest import CHECK
from tests.doctor.specs import ROBOT


class TestCertificate:
    @pytest.mark.parametrize(
        ("days", "severity", "text"),
        [
            (-1, "warning", "is not valid before"),
            (300, None, ""),
            (340, "warning", "expires on"),
            (400, "error", "expired on"),
        ],
    )
    def test_its_time(self, doctor, days, severity, text):
        found = doctor.run("certificate", ROBOT, ahead=days * 86400)
        assert [each.severity.value for each in found] == ([severity] if severity else [])
        assert all(text in each.text for each in found)
        assert all(each.position.line == 7 for each in found)

    def test_another_keys_certificate_is_an_error(self, doctor, tmp_path):
        from provision.keys.private_key import read_private_key

        key, _ = new_pair("other", tmp_path, subject="other", now=datetime.now(UTC))
        context = doctor.context(ROBOT)
        [subject] = context.subjects
        spec = dataclasses.replace(subject.spec, private_key=read_private_key(key))
        context = dataclasses.replace(context, subjects=(Subject(spec, subject.desired),))
        [found] = diagnose(context, [CHECK["certificate"]]).findings
        assert (found.severity, found.key) == (Severity.ERROR, "oauth.jwt_bearer.private_key")

    def test_a_spec_without_one_has_none_to_expire(self, doctor):
        assert doctor.run("certificate", "app: Robot\n", ahead=400 * 86400) == ()


class TestCallbackPort:
    def spec(self, *ports: int) -> str:
        urls = ", ".join(f"http://localhost:{port}/OauthRedirect" for port in ports)
        return ROBOT.replace("https://robot.example/callback", urls)

    def project(self, doctor, port: int) -> Path:
        file = doctor.directory / "sfdx-project.json"
        file.write_text(f'{{"oauthLocalPort": {port}}}')
        return file

    @pytest.fixture
    def taken(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield listener.getsockname()[1]

    @pytest.fixture
    def free(self, taken):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return listener.getsockname()[1]

    def test_a_taken_port_is_a_warning_that_names_a_free_one(self, doctor, taken):
        self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(taken))
        assert found.severity is Severity.WARNING
        assert f"port {taken} " in found.text
        named = re.search(r"`- http://localhost:(\d+)/OauthRedirect`", found.next_step)
        assert named is not None
        socket.create_server(("127.0.0.1", int(named[1]))).close()
        assert (found.key, found.position.line) == ("oauth.callback_urls", 5)

    def test_a_free_port_of_the_spec_is_rather_taken_than_a_new_one(self, doctor, taken, free):
        file = self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(taken, free))
        assert f'Set `"oauthLocalPort": {free}` in {file}' in found.next_step

    def test_a_port_that_the_cli_does_not_take_may_be_taken(self, doctor, taken, free):
        self.project(doctor, free)
        assert doctor.run("callback-port", self.spec(taken, free)) == ()

    def test_a_project_that_is_out_of_step_is_a_warning(self, doctor, taken, free):
        file = self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(free))
        assert found.severity is Severity.WARNING
        assert f"listens on {taken} here ({file})" in found.text
        assert f'Set `"oauthLocalPort": {free}` in {file}' in found.next_step

    def test_without_a_project_the_cli_listens_on_1717(self, doctor, free):
        [found] = doctor.run("callback-port", self.spec(free))
        assert "listens on 1717 here" in found.text
        assert str(doctor.directory / "sfdx-project.json") in found.next_step

    def test_a_project_file_that_the_cli_does_not_read_is_named(self, doctor, free):
        file = self.project(doctor, free)
        file.write_text(f"// ours\n{file.read_text()}")
        [found] = doctor.run("callback-port", self.spec(free))
        assert "listens on 1717 here" in found.text
        assert f"{file}:1:1" in found.text

    def test_what_is_set_may_be_no_port(self, doctor, free):
        file = self.project(doctor, free)
        file.write_text('{"oauthLocalPort": true}')
        [found] = doctor.run("callback-port", self.spec(free))
        assert "is not a port" in found.text

    def test_an_app_that_is_not_for_the_cli_needs_no_port_here(self, doctor):
        assert doctor.run("callback-port", ROBOT) == ()

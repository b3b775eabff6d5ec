from pathlib import Path

import pytest

from outdial.domain.errors import Misconfigured
from outdial.settings import describe, load, shown


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "outdial.toml").write_text('host = "0.0.0.0"\nport = 81\n')
    loaded = load({"OUTDIAL_PORT": "82"}, tmp_path)
    assert (loaded.settings.host, loaded.settings.port, loaded.settings.sip_port) == ("0.0.0.0", 82, 5060)
    assert [loaded.sources[n] for n in ("host", "port", "sip_port")] == ["outdial.toml", "OUTDIAL_PORT", "default"]


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"OUTDIAL_PORT": "many"}, "port: expected a whole number"),
        ({"OUTDIAL_SIP_PORT": "70000"}, "sip_port: expected a port"),
        ({"OUTDIAL_RTP_FIRST": "3000", "OUTDIAL_RTP_LAST": "2000"}, "rtp_last"),
        ({"OUTDIAL_ALLOW_NETWORKS": "10.0.0.1/8"}, "allow_networks: 10.0.0.1/8 has host bits set"),
        ({"OUTDIAL_TTS_URL": "ftp://x"}, "tts_url: expected http"),
        ({"OUTDIAL_TTS_URL": "http://x", "OUTDIAL_TTS_HEADERS": "x"}, "tts_headers: expected a JSON object"),
        ({"OUTDIAL_TTS_CACHE_MB": "0"}, "tts_cache_mb: expected megabytes"),
        ({"OUTDIAL_MAIL_PROFILES": "smtp://host"}, "mail_profiles: .*is expected"),
        ({"OUTDIAL_SQL_DRIVERS": "postgres, mysql"}, "sql_drivers: mysql is not supported"),
        ({"OUTDIAL_REDIS_URL": "localhost"}, "redis_url: expected redis://"),
        ({"OUTDIAL_MQ_URL": "kafka://x"}, "mq_url: expected nats://"),
        ({"OUTDIAL_DATABASE_URL": "oracle://x"}, "database_url: expected postgresql"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(env: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=says):
        load(env, tmp_path)


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outdial.toml").write_text("prot = 1\n")
    with pytest.raises(Misconfigured, match="unknown setting prot"):
        load({}, tmp_path)


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    loaded = load({"OUTDIAL_ADMIN_TOKEN": "abc"}, tmp_path)
    assert shown(loaded, "admin_token") == "********"
    assert shown(loaded, "port") == "8080"


def test_every_setting_explains_itself() -> None:
    assert all(help_text for _, help_text in describe())

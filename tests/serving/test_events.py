import json

from lepton_ai.serving.events import EventLog


def test_events_are_json_lines_without_none():
    lines = []
    EventLog(lines.append).event("ready", models=["一"], seconds=None)
    assert lines[0].endswith("\n")
    event = json.loads(lines[0])
    assert event.pop("time").endswith("Z")
    assert event == {"event": "ready", "models": ["一"]}


def test_failures_name_frames_and_no_messages():
    lines = []
    try:
        try:
            int("zebra-4711")
        except ValueError as error:
            raise RuntimeError("about zebra-4711") from error
    except RuntimeError as error:
        EventLog(lines.append).failure("failure", error, request_id="r")
    event = json.loads(lines[0])
    assert event["error"] == "RuntimeError"
    assert "ValueError" in event["traceback"]
    assert "about" not in "".join(event["traceback"]).replace('raise RuntimeError("about zebra-4711")', "")

"""Passkeys (WebAuthn level 3)."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.schemas.common import ShortText, Wire, example


class PasskeyChallenge(Wire):
    """What a browser needs to make or use a passkey: `options` in the JSON of WebAuthn level 3 (section 5.1.8), for
    `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."""

    id: UUID
    options: dict[str, object]


class PasskeyInput(Wire):
    """What the browser has made, as its `toJSON()` has it, and how its owner calls it."""

    model_config = example(
        challenge_id="01a2002f-4257-7638-aece-312ebc59f7a1",
        name="puhelin",
        credential={"id": "mFzVdE", "rawId": "mFzVdE", "type": "public-key", "response": {"attestationObject": "o2Nm"}},
    )

    challenge_id: UUID
    name: ShortText
    credential: dict[str, object]


class Passkey(Wire):
    """A passkey, without what it is made of."""

    id: UUID
    name: str  # what was taken before the rules of today is still shown
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None


class Passkeys(Wire):
    items: list[Passkey]


class PasskeyAnswer(Wire):
    """What the browser has signed, as its `toJSON()` has it."""

    model_config = example(
        credential={"id": "mFzVdE", "rawId": "mFzVdE", "type": "public-key", "response": {"signature": "MEUCIQ"}}
    )

    credential: dict[str, object]

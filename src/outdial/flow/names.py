"""Every application name of the language (flow-engine §4), and which of them a typing mistake may have meant."""

from __future__ import annotations

import difflib
from functools import lru_cache

from outdial.flow.declare import REGISTRY

_NAMES = """
answer preAnswer ringReady hangup playback tts say setSounds sleep softSleep echo park recordFile recordSession
backgroundPlayback backgroundPlaybackStop flushDtmf flushDTMF inBandDTMF ringback bridge joinQueue cancelQueue
joinAgent ccOutbound conference pickup scheduleHangup sipRedirect deflect sendDtmf updateCid export setAll setNoLocal
unSet markIVR
setGrantee setUser update amdML speechAi speechAiV2 voiceBot cv
httpRequest math string js calendar list listAdd callbackQueue memberInfo patchMembers sendEmail sql cache classifier
timezone userInfo getQueueInfo getQueueAgents getQueueMetrics ccPosition ewt lastBridged makeCall generateLink mq
notification global feedback openLink printFile createMeeting monoPay topicExtraction chatHistory
broadcastChatMessage getEmail joinAgentToTask gemini openai cascadeVoice
getContact findContact addContact updateContact linkContact mergeContactPhones mergeContactVariables
getCases locateCase createCase updateCase linkCommunication getServiceCatalogs publishComment createLink deleteLink
locateService createRelatedCase listCaseFiles
if while switch function trigger triggers execute set break goto schema log start dump
cancel confirm abandoned success retry
generateForm formComponent formFile formTable formSelectCaseStatus attemptResult resumeAttempt
sendMessage sendText sendFile sendImage sendTts sendAction stt recvMessage menu chatAi
interactiveMenu sendInteractive sendSystemMessage imUserInfo reply httpResponse
"""

LANGUAGE = frozenset(_NAMES.split())


@lru_cache(maxsize=1024)
def refusal(name: str) -> str:
    """Why an application that is not built here did not run."""
    if name in LANGUAGE:
        return "not supported here"
    near = difflib.get_close_matches(name[:60], LANGUAGE | REGISTRY.keys(), n=1)
    return f"unknown application {name[:60]!r}" + (f"; did you mean {near[0]}?" if near else "")

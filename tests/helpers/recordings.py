# NOTICE, not to be committed: this file stood here uncommitted (with Answer, Recording, Rules) when the CLI area
# overwrote it by mistake at 14:21. Its text could not be restored. Whoever owns it: please write yours here again;
# nothing else uses this path (the CLI area's own functions moved to tests/helpers/recorded_replies.py).
raise ImportError(
    "tests/helpers/recordings.py was overwritten by mistake by the CLI area at 14:21: its owner must write it again"
)

"""The set-up, one file per thing that is installed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# As in gis_service/settings.py: what is made for this clone lies here. NMIS_VAR moves
# the service's data, not the programs.
VAR = ROOT / "var"

# Sourced after _venv.sh: builds the console's web assets where they are missing or older
# than their sources, with the machine's Node 20 or newer, else with the one in .venv.
web=control_center/web
if [ ! -e "$web/dist/main.js" ] || [ -n "$(find "$web" -path "$web/node_modules" -prune -o -path "$web/dist" -prune -o -name __pycache__ -prune -o -type f -newer "$web/dist/main.js" -print | head -n 1)" ]; then
  echo "Building the control center's web assets." >&2
  python -m control_center.web.build
fi

# shellcheck shell=bash
# How install.sh gets a browser and what drives it; sourced, not run.

dashboard_tests=$here/../e2e/dashboard

browser_present() { [ -x "${SEPTET_CHROMIUM:-/usr/bin/chromium}" ]; }
node_present() { command -v node >/dev/null && command -v npm >/dev/null; }

# The versions of package-lock.json, and no browser of Playwright's own.
drivers_present() {
  [ "$(cat "$dashboard_tests/node_modules/.septet-stamp" 2>/dev/null)" = "$(drivers_stamp)" ]
}
drivers_stamp() { sha256sum "$dashboard_tests/package-lock.json" | cut -d ' ' -f 1; }

install_dashboard() {
  node_present || apt_install nodejs npm || return 1
  browser_present || apt_install chromium fonts-dejavu-core || return 1
  drivers_present && return 0
  say "installing Playwright and axe (tests/e2e/dashboard/package-lock.json)"
  (cd "$dashboard_tests" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund) >&2 || return 1
  drivers_stamp >"$dashboard_tests/node_modules/.septet-stamp"
}

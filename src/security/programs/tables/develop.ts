/**
 * Tools that build, test and run. `code `: what runs then is the project's own, and only a sandbox defends there. What
 * fetches packages, publishes, or takes code from an argument is asked about.
 */
export const DEVELOP = `
program npm exact anywhere
  ok --silent -s --quiet -q --loglevel=TEXT -d -dd -ddd --json --long -l --parseable -p --color=?TEXT --no-color --no-audit --no-fund --audit --fund --no-progress --progress --ignore-scripts --no-update-notifier -w=TEXT --workspace=TEXT --workspaces -ws --include-workspace-root --depth=TEXT --omit=TEXT --include=TEXT --production --prefer-offline --offline --no-package-lock --package-lock-only --legacy-peer-deps --strict-peer-deps --engine-strict --foreground-scripts --timing --dry-run --all -a --yes? -y? --no -C=DIR --prefix=DIR --global? -g? --location=TEXT? --registry=URL --userconfig=TEXT! --globalconfig=TEXT! --script-shell=TEXT! --shell=TEXT! --node-options=TEXT! --git=TEXT! --editor=TEXT! --viewer=TEXT! --browser=TEXT! --cache=TEXT! --init-module=TEXT! --scripts-prepend-node-path=TEXT! --node-gyp=TEXT! --python=TEXT! --call=TEXT! -c=TEXT! --if-present --access=TEXT --otp=TEXT --tag=TEXT --save -S --save-dev -D --save-exact -E --no-save --save-optional -O --save-peer --force? -f? --version -v --help -h --unicode --diff=TEXT --searchlimit=TEXT --expect-results --package=TEXT? :
  ls|list|la|ll|outdated|view|info|show|v|search|explain|why|fund|ping|doctor|root|bin|prefix|whoami|query|sbom|docs|bugs|repo|help|help-search|completion|diff|get|audit|pkg-get|home|find-dupes|stars ok : TEXT*
  owner|org|team|profile ls|list|get ok : TEXT*
  owner|org|team|profile|star|unstar ask : TEXT*
  config|c list|ls|get ok : TEXT*
  config|c set|delete|edit|fix deny : TEXT*
  set|edit|explore|exec|x|rum|urn deny : TEXT*
  pkg get ok : TEXT*
  pkg set|delete|fix ask : TEXT*
  test|t|tst|start|stop|restart|run|run-script|ci|clean-install|ic|install-clean|pack code --pack-destination=WRITE : WORD*
  install-test|it|rebuild|rb|prune|dedupe|ddp|shrinkwrap ask : TEXT*
  install|i|in|ins|inst|insta|instal|isnt|isnta|isntal|isntall|add|update|up|upgrade|udpate|uninstall|un|remove|rm|r|link|ln|unlink|install-ci-test|cit|sit ask --install-strategy=TEXT --no-bin-links --cpu=TEXT --os=TEXT : TEXT*
  audit fix ask : TEXT*
  version|publish|unpublish|deprecate|dist-tag|access|token|login|logout|adduser|hook|init|create|innit|cache|trust|undeprecate|stage ask : TEXT*
program npx exact early
  ok --no-install --no --yes? -y? -p=TEXT? --package=TEXT? -c=SHELL --call=SHELL --quiet -q --silent --ignore-existing? --no-color -w=TEXT --workspace=TEXT --prefix=TEXT! --version -v --help -h --offline --prefer-offline --shell=TEXT! --node-options=TEXT! : COMMAND
program bunx exact early
  ok --bun --silent --verbose --no-install --version -v --help -h : COMMAND
program pnpm exact anywhere
  ok -r --recursive --filter=TEXT -F=TEXT --silent -s --reporter=TEXT --color --no-color --stream --parallel --aggregate-output --workspace-root -w --if-present --json --depth=TEXT --long --prod -P --dev -D --no-bail --bail --sort --no-sort --workspace-concurrency=TEXT --frozen-lockfile --no-frozen-lockfile --prefer-offline --offline --ignore-scripts --lockfile-only --save-exact -E --save-dev --save-prod --no-optional --version -v --help -h -C=DIR --dir=DIR --prefix=DIR --global? -g? --config=?TEXT! --script-shell=TEXT! --shell-emulator --use-node-version=TEXT! --node-options=TEXT! --store-dir=TEXT! --registry=URL --fail-if-no-match --reverse --resume-from=TEXT --report-summary :
  list|ls|la|ll|outdated|why|view|info|root|bin|audit|licenses|help|search ok : TEXT*
  store|config status|list|get|path ok : TEXT*
  test|t|tst|start|stop|restart|run|run-script|build|dev|lint|format|typecheck|check|pack code -*=WORD : WORD*
  rebuild|rb|prune|dedupe ask : TEXT*
  install|i|add|update|up|upgrade|remove|rm|uninstall|un|link|unlink|import|fetch|deploy|patch|patch-commit|env|setup|approve-builds|self-update ask : TEXT*
  exec|dlx|create ask : COMMAND
  publish|login|logout|init|server|config ask : TEXT*
  * code -*=WORD : WORD*
program yarn exact anywhere
  ok --silent -s --json --verbose --no-progress --frozen-lockfile --immutable --immutable-cache --check-files --ignore-scripts --ignore-engines --ignore-platform --non-interactive --offline --prefer-offline --production --pure-lockfile --network-timeout=TEXT --version -v --help -h --cwd=DIR --use-yarnrc=TEXT! --registry=URL --global-folder=TEXT! --modules-folder=TEXT! --cache-folder=TEXT! --mode=TEXT --flat --force? --har --link-folder=TEXT! --script-shell=TEXT! -W --top-level -T -A --all -R --recursive -i --interleaved -p --parallel -t --topological --include=TEXT --exclude=TEXT --from=TEXT -j=TEXT --jobs=TEXT --since=?TEXT -D --dev -E --exact -P --peer -O --optional -C --cached :
  list|why|info|outdated|audit|licenses|bin|versions|help|check|constraints|search ok : TEXT*
  config|npm list|get|info|audit ok : TEXT*
  add|install|remove|up|upgrade|upgrade-interactive|link|unlink|import|dedupe|set|plugin|patch|patch-commit|unplug|policies|autoclean|generate-lock-entry|cache|config|rebuild ask : TEXT*
  exec|dlx|create ask : COMMAND
  publish|npm|login|logout|init|owner|tag|team|version|global|self-update ask : TEXT*
  workspaces foreach ask : TEXT*
  workspaces list|info ok : TEXT*
  workspace code -*=WORD : WORD*
  * code -*=WORD : WORD*
program bun exact anywhere
  ok --silent --version -v --help -h --cwd=DIR --preload=TEXT! -r=TEXT! -e=CODE -p=CODE --eval=CODE --watch --hot --bail --coverage --timeout=TEXT -t=TEXT --filter=TEXT --config=TEXT! -c=TEXT! --frozen-lockfile --ignore-scripts --no-save --production -d --dev -D --exact -E --global? -g? :
  run|test|build code : TEXT*
  install|i|add|a|remove|rm|update|link|unlink|upgrade|create|init|publish|patch ask : TEXT*
  x|exec ask : COMMAND
  pm|outdated|why|audit|info ok : TEXT*
  * code : SCRIPT TEXT*
program node|nodejs|tsx|ts-node exact early
  code -c -h -v -i? --check --version --help --test --watch --test-reporter=WORD --test-reporter-destination=WRITE --test-name-pattern=TEXT --test-concurrency=TEXT --test-only --test-timeout=TEXT --test-coverage-include=TEXT --experimental-test-coverage --no-warnings=?TEXT --allow-natives-syntax --expose-internals --trace-warnings --trace-deprecation --no-deprecation --throw-deprecation --enable-source-maps --experimental-strip-types --experimental-transform-types --no-experimental-strip-types --experimental-vm-modules --experimental-sqlite --experimental-specifier-resolution=TEXT --max-old-space-size=TEXT --stack-size=TEXT --unhandled-rejections=TEXT --expose-gc --stack-trace-limit=TEXT --pending-deprecation --preserve-symlinks --conditions=TEXT -C=TEXT --input-type=TEXT --disable-warning=TEXT --trace-exit --trace-uncaught --title=TEXT --v8-options --experimental-json-modules --no-experimental-fetch --transpile-only -T --esm --files -e=CODE --eval=CODE -p=CODE --print=CODE -pe=CODE -r=SCRIPT? --require=SCRIPT? --import=SCRIPT? --loader=SCRIPT? --experimental-loader=SCRIPT? --env-file=READ --env-file-if-exists=READ --run=TEXT --inspect=?TEXT! --inspect-brk=?TEXT! --inspect-wait=?TEXT! --inspect-port=TEXT! --icu-data-dir=TEXT! --openssl-config=TEXT! --snapshot-blob=READ? --build-snapshot? --experimental-config-file=READ --report-dir=WRITE? --cpu-prof? --heap-prof? --prof? --redirect-warnings=WRITE --diagnostic-dir=WRITE --experimental-sea-config=TEXT! : SCRIPT TEXT*
program deno exact anywhere
  ok --version -V --help -h -q --quiet --config=TEXT! -c=TEXT! -A? --allow-all? --allow-read=?TEXT --allow-write=?TEXT? --allow-net=?TEXT? --allow-env=?TEXT --allow-run=?TEXT! --allow-ffi=?TEXT! --no-check --check --unstable --watch=?TEXT --import-map=TEXT! --node-modules-dir=?TEXT --filter=TEXT --coverage=?WRITE --fix :
  fmt|lint|check|test|bench|task|doc|info|types code : TEXT*
  eval|repl ask : CODE
  run|serve code : SCRIPT TEXT*
  install|add|remove|uninstall|upgrade|publish|compile|cache|init|jupyter|bundle|vendor ask : TEXT*
program tsc|eslint|prettier|vitest|jest|mocha|ava|biome|oxlint|stylelint|webpack|rollup|vite|esbuild|turbo|nx|lerna|playwright|cypress|tsup|swc|babel|knip|depcruise|tap|karma|next|nuxt|astro|ng|vue-tsc|svelte-check|storybook|typedoc|changeset|wait-on|husky|lint-staged|commitlint|semantic-release|standard|xo|tslint|jshint|dprint|size-limit|publint|attw|markdownlint|cspell|madge|http-server|serve|prisma|drizzle-kit|wrangler|gulp|grunt exact
  code -*=WORD -NUM --inspect=?TEXT! --inspect-brk=?TEXT! --coverage.reportsDirectory=DELETE -o=WRITE --outDir=WRITE --output-file=WRITE : WORD*
program rimraf exact
  ok -v --verbose -g --glob --no-glob --preserve-root --max-retries=TEXT --impl=TEXT : DELETE*
program c8|nyc exact early
  code -r=TEXT --reporter=TEXT -o=WRITE --reports-dir=WRITE --report-dir=WRITE --temp-dir=WRITE --temp-directory=WRITE --all -a --check-coverage --lines=TEXT --branches=TEXT --functions=TEXT --statements=TEXT --src=TEXT -n=TEXT --include=TEXT -x=TEXT --exclude=TEXT --clean --silent -s --100 --version --help : COMMAND
program concurrently|nodemon|pm2 exact
  ask : TEXT*
program cargo exact anywhere
  ok -v -vv --verbose -q --quiet --color=TEXT --frozen --locked --offline -V --version --list -h --help --config=TEXT! -C=DIR -Z=TEXT! --explain=TEXT +nightly? +stable +beta? --manifest-path=READ --target-dir=WRITE --message-format=TEXT -p=TEXT --package=TEXT --workspace --all --exclude=TEXT -j=TEXT --jobs=TEXT --keep-going --release -r --profile=TEXT -F=TEXT --features=TEXT --all-features --no-default-features --target=TEXT --timings=?TEXT --lib --bin=TEXT --bins --example=TEXT --examples --test=TEXT --tests --bench=TEXT --benches --all-targets --no-run --no-fail-fast --doc --no-deps --open! --document-private-items --lockfile-path=READ --artifact-dir=WRITE? --out-dir=WRITE? --ignore-rust-version --future-incompat-report --build-plan :
  metadata|tree|search|info|help|version|locate-project|pkgid|verify-project|read-manifest ok --format-version=TEXT -e=TEXT --edges=TEXT -i=TEXT --invert=TEXT --prune=TEXT --depth=TEXT --prefix=TEXT --no-dedupe -d --duplicates --charset=TEXT -f=TEXT --format=TEXT --limit=TEXT --registry=TEXT --index=TEXT! : TEXT*
  fmt code --all --check : WORD*
  run|r code -*=WORD : WORD*
  build|b|check|c|test|t|bench|doc|d|clippy|miri|nextest|llvm-cov|expand|hack|udeps|machete|outdated|audit|deny|geiger|bloat|asm|tarpaulin|criterion|insta|sort|msrv|semver-checks|public-api|vet|about|make|xtask|fix code --fix? --allow-dirty? --allow-staged? -x=TEXT! -s=TEXT! -- : WORD*
  clean ok --doc -n --dry-run --target-dir=DELETE : TEXT*
  watch ask : COMMAND
  fetch|generate-lockfile|vendor|package|rustc|rustdoc ask --doc -n --dry-run --list --allow-dirty --no-verify : TEXT*
  add|remove|rm|update|new|init|install|uninstall|publish|login|logout|owner|yank|config ask --git=TEXT --path=TEXT --branch=TEXT --root=TEXT! --dev --build --optional --rename=TEXT --precise=TEXT --dry-run -n --force --version=TEXT --vers=TEXT --edition=TEXT --name=TEXT --vcs=TEXT : TEXT*
program rustc|rustdoc|rustup|rustfmt exact
  ask : TEXT*
program cmake|meson|bazel|ant|mvn|mvnw|gradle|gradlew|sbt|dotnet|swift|mix|stack|cabal|bundle|rspec|phpunit|composer|tox|nox|invoke exact
  code -*=WORD -E=TEXT? -P=WORD? : WORD*
program rake|scons|buck|xcodebuild|rebar3|dune|zig
  ask : TEXT*
program make|gmake|ninja|just|task
  code -j=?TEXT -k -n -s -B -q -i -l=?TEXT -o=TEXT -r -R -t -w -p -d -v -h --jobs=?TEXT --keep-going --dry-run --just-print --silent --quiet --always-make --no-print-directory --print-directory --trace --debug=?TEXT --warn-undefined-variables --output-sync=?TEXT -O=?TEXT --version --help -C=DIR --directory=DIR -f=SCRIPT? --file=SCRIPT? --makefile=SCRIPT? -I=TEXT? --include-dir=TEXT? --eval=TEXT! -E=TEXT! SHELL=TEXT! MAKEFLAGS=TEXT! MAKEFILES=TEXT! *=TEXT : TEXT*
program python|python2|python3|python3.8|python3.9|python3.10|python3.11|python3.12|python3.13|python3.14|pypy|pypy3 early
  code -B -b -bb -d -E -I -O -OO -P -q -s -S -u -v -V -VV -W=TEXT -X=TEXT -h -i? -x -c=CODE -m=MODULE --version --help --check-hash-based-pycs=TEXT : SCRIPT TEXT*
program pipx exact
  ask : TEXT*
program pip|pip3|uv|poetry|pipenv|pdm|hatch|conda|mamba anywhere exact
  ok -q --quiet -v --verbose -V --version -h --help --no-color --disable-pip-version-check --format=TEXT --require-virtualenv --isolated --python=TEXT! --index-url=URL -i=URL --extra-index-url=URL? --find-links=TEXT? -f=TEXT? --trusted-host=TEXT? --target=TEXT! -t=TEXT! --prefix=TEXT! --root=TEXT! --config-file=TEXT! --directory=TEXT! --project=TEXT! --cache-dir=TEXT! --proxy=TEXT! :
  list|show|freeze|check|inspect|debug|help|index|hash|tree|search|about ok -o --outdated --uptodate -e --editable -l --local --not-required --all --files : WORD*
  env ask : TEXT*
  config list|get|debug ok : TEXT*
  run code : COMMAND
  test|build|lint|fmt|typing code : TEXT*
  sync|install|add|remove|uninstall|update|upgrade|lock|download|wheel|cache|config|init|new|publish|shell|tool|python|venv|pip|self|export|inject|ensurepath|create|activate ask : TEXT*
program pytest|py.test|unittest|nose2|mypy|pyright|ruff|black|flake8|pylint|isort|bandit|sphinx-build|mkdocs|alembic|celery|gunicorn|uvicorn|flask|django-admin exact
  code -*=WORD -NUM -o=WORD -c=WORD -p=TEXT -m=TEXT -k=TEXT -n=TEXT --pdb? --pastebin=TEXT! --rootdir=WORD --basetemp=DELETE --log-file=WRITE --report-log=WRITE --html=WRITE --init-hook=TEXT! --junitxml=WRITE --junit-xml=WRITE --cov-report=TEXT : WORD*
program jupyter|ipython exact
  ask : TEXT*
program json.tool
  ok --sort-keys --no-ensure-ascii --json-lines --indent=TEXT --tab --no-indent --compact -h --help : READ WRITE
program coverage exact
  run code -a --append --branch -m=MODULE --source=TEXT --include=TEXT --omit=TEXT -p --parallel-mode --data-file=WRITE --rcfile=READ : SCRIPT TEXT*
  report|html|xml|json|lcov|combine|erase|debug ok -d=WRITE --directory=WRITE -o=WRITE -m --show-missing -i -q --include=TEXT --omit=TEXT --fail-under=TEXT --format=TEXT --keep -a --append --skip-covered --skip-empty --data-file=WRITE --rcfile=READ : WORD*
program go dash
  ok :
  env ok -json -changed -w! -u? : TEXT*
  version|list|doc|help|vet|fmt ok -json -m -u -deps -f=TEXT -test -e -find -versions -v -x -n -w! -all -src -c -short -cmd -mod=TEXT -tags=TEXT -vettool=TEXT! -toolexec=TEXT! -modfile=READ : WORD*
  install|generate|tool|clean|bug ask -v -x -n -i -cache -testcache -modcache -run=TEXT : TEXT*
  build|test|run code -v -x -n -a -race -msan -asan -cover -covermode=TEXT -coverpkg=TEXT -coverprofile=WRITE -cpu=TEXT -count=TEXT -run=TEXT -bench=TEXT -benchmem -benchtime=TEXT -fuzz=TEXT -fuzztime=TEXT -skip=TEXT -short -failfast -timeout=TEXT -json -parallel=TEXT -p=TEXT -list=TEXT -shuffle=TEXT -vet=TEXT -o=WRITE -tags=TEXT -ldflags=TEXT? -gcflags=TEXT? -asmflags=TEXT? -trimpath -mod=TEXT -modfile=READ -buildmode=TEXT -buildvcs=?TEXT -work -i -c -cache -testcache -modcache? -exec=TEXT! -toolexec=TEXT! -overlay=TEXT! -pkgdir=TEXT! -C=DIR -cpuprofile=WRITE -memprofile=WRITE -blockprofile=WRITE -mutexprofile=WRITE -trace=WRITE -outputdir=WRITE -gccgoflags=TEXT! -compiler=TEXT -installsuffix=TEXT -linkshared -pgo=TEXT : WORD*
  mod verify|graph|why ok -m -vendor : TEXT*
  tool cover ok -func=READ -html=READ -o=WRITE -mode=TEXT -var=TEXT : READ*
  mod tidy|vendor|download|init|edit ask -v -e -m -json -x -go=TEXT -compat=TEXT -print -fmt : TEXT*
  get|work|telemetry ask : TEXT*
program gofmt|goimports|golangci-lint|staticcheck
  code -l -d -s -w -e -v --fix --fast --timeout=TEXT --out-format=TEXT : TEXT*
program gcc|g++|cc|c++|clang|clang++|ld|as|ar|javac|java|ruby|perl|php|lua|Rscript|julia|elixir|erl|ghc|ocaml|scala|kotlin|groovy|tclsh|osascript exact
  ask : TEXT*
program docker|podman|nerdctl exact
  ok --version -v --help -H=TEXT! --host=TEXT! --config=TEXT! -c=TEXT! --context=TEXT! --log-level=TEXT -l=TEXT --tls :
  ps|images|version|info|logs|inspect|top|port|diff|history|stats|events|search|df ok -a --all -q --quiet -f=TEXT --filter=TEXT --format=TEXT --no-trunc -n=TEXT --latest -s --size --no-stream -t --timestamps --tail=TEXT --follow --since=TEXT --until=TEXT --type=TEXT --digests --no-color : TEXT*
  image|container|network|volume|system|context|buildx|builder|compose|plugin ls|list|inspect|ps|logs|df|info|version|config|images|top|port|history|du|events|stats ok -a --all -q --quiet -f=TEXT --filter=TEXT --format=TEXT --no-trunc --services --tail=TEXT --no-color --verbose -v -t : TEXT*
  * ask -a -d -i -t -it -ti -e=TEXT -f=TEXT -p=TEXT -q -u=TEXT -v=TEXT! -w=TEXT -l=TEXT --rm --name=TEXT --build --detach --file=READ --tag=TEXT --build-arg=TEXT --no-cache --progress=TEXT --platform=TEXT --volume=TEXT! --mount=TEXT! --privileged! --network=TEXT --net=TEXT --pid=TEXT! --userns=TEXT! --cap-add=TEXT! --device=TEXT! --security-opt=TEXT! --volumes-from=TEXT! --ipc=TEXT! --uts=TEXT! --env-file=READ --entrypoint=TEXT --remove-orphans --volumes --force --all --time=TEXT --workdir=TEXT --env=TEXT --publish=TEXT --interactive --tty --user=TEXT --pull=TEXT --target=TEXT --wait --scale=TEXT --output=TEXT? --ssh=TEXT! --secret=TEXT! --allow=TEXT! : TEXT*
program docker-compose exact
  ask -f=READ --file=READ -p=TEXT -d --build --rm -v --volumes --remove-orphans : TEXT*
program kubectl|oc|k9s anywhere exact
  ok -n=TEXT --namespace=TEXT -A --all-namespaces -o=TEXT --output=TEXT -l=TEXT --selector=TEXT -f=READ --filename=READ --field-selector=TEXT -w --watch -L=TEXT --show-labels --no-headers --sort-by=TEXT --tail=TEXT --since=TEXT -c=TEXT --container=TEXT --previous -p --follow --timestamps --all-containers --prefix --limits --short --client --context=TEXT? --cluster=TEXT? --kubeconfig=TEXT! --as=TEXT! --as-group=TEXT! --token=TEXT! --server=TEXT! -s=TEXT! --insecure-skip-tls-verify! --raw=TEXT? --template=TEXT --recursive --api-version=TEXT --wide --chunk-size=TEXT --ignore-not-found --request-timeout=TEXT -v=TEXT --help -h --dry-run=?TEXT :
  get|describe|logs|version|cluster-info|api-resources|api-versions|explain|top|diff|events|options ok : TEXT*
  config view|current-context|get-contexts|get-clusters|get-users ok --minify --flatten! --raw! : TEXT*
  auth can-i|whoami ok --list : TEXT*
  * ask -i -t -it --replicas=TEXT --image=TEXT --force --grace-period=TEXT --now --type=TEXT --patch=TEXT --local --record --overwrite --rm --restart=TEXT --timeout=TEXT --for=TEXT --all --cascade=?TEXT --to-revision=TEXT --address=TEXT! : TEXT*
program helm|terraform|tofu|ansible|ansible-playbook|vagrant|packer|pulumi|aws|gcloud|az|heroku|fly|flyctl|vercel|netlify|firebase|supabase|doctl|systemctl|service|journalctl|launchctl|brew|apt|apt-get|yum|dnf|pacman|apk|snap|flatpak|port|nix|nix-shell|guix exact
  ask : TEXT*
program gh|glab|hub exact anywhere
  ok -R=TEXT --repo=TEXT --json=TEXT -q=TEXT --jq=TEXT -t=TEXT --template=TEXT -L=TEXT --limit=TEXT -s=TEXT --state=TEXT --author=TEXT --assignee=TEXT --label=TEXT -l=TEXT --search=TEXT -S=TEXT --comments -c --web! -w! --log --log-failed --exit-status --name-only --patch --color=TEXT --branch=TEXT -b=TEXT --workflow=TEXT --event=TEXT --status=TEXT --hostname=TEXT! --help --version :
  pr|issue|repo|run|release|workflow|gist|label|project|cache|ruleset|org|search|status list|view|status|diff|checks|watch ok : TEXT*
  search repos|issues|prs|code|commits ok : TEXT*
  auth status ok --active --show-token! -t! : TEXT*
  alias|extension|config|codespace|ext|ssh-key|gpg-key|secret|variable|auth|copilot deny : TEXT*
  * ask : TEXT*
`;

source tools/dev/build.sh

# Writes again what is made from the program: the web app's types and the pages of settings, of calls and of topics.
run_gen() {
    local preset=${1:-release} program
    run_build "$preset" loquat
    program=build/$preset/bin/loquat
    "$program" contracts typescript >web/src/api/contracts.gen.ts
    "$program" contracts calls >docs/calls.md
    (cd / && "$OLDPWD/$program" config docs >"$OLDPWD/docs/settings.md")
    python3 tools/topics_page.py >docs/topics.md
    git --no-pager diff --stat -- web/src/api/contracts.gen.ts docs/settings.md docs/calls.md docs/topics.md >&2
}

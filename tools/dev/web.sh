# Builds web/dist when a source of it changed; .cache/web-sources remembers of what it was made.
source tools/dev/setup.sh

run_web() {
    local sources
    need_web_packages
    sources=$(tree_hash web/src web/public web/index.html web/package-lock.json web/package.json \
        web/vite.config.ts web/emoji-plugin.ts web/tsconfig.json)
    is_stamped .cache/web-sources "$sources" && [ -f web/dist/index.html ] && return
    with_progress "building the web app: types, then files (about a minute)" .cache/web-build.log \
        npm --prefix web run --silent build
    stamp .cache/web-sources "$sources"
}

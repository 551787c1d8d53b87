"""What clients of Spring Cloud Config ask, and what its server answers."""
from tools.testing.wire_samples.exchange import Ask

V1 = {"Accept": "application/json"}
V2 = "application/vnd.spring-cloud.config-server.v2+json"
JAVA = {"Accept": V2, "X-Config-State": "", "User-Agent": "Java/17"}
RAW = {"Accept": "application/octet-stream"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = "text/plain;charset=UTF-8"
# "mysecret" under the key "foo", as Spring wrote it.
SECRET = "682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda"
GARBLED = "{cipher}00"

FILES = {
    "application.yml": "a: {b: 1}\nshared: yes\nwho: ${name:nobody}\n",
    "application-dev.yml": "of: everybody in dev\n",
    "app.yml": "list: [x, y, z]\nn: 1.5\nflag: true\n---\nspring: {config: {activate: {on-profile: eu}}}\ntold: eu only\n",
    "app-dev.yml": "a: {b: 2}\nname: dev\n",
    "app-eu.yml": "list: [q]\n",
    "my-app-dev.yml": "it: is mine\n",
    "kept.properties": "b.c=1\na=two words\n",
    "secret.yml": f"good: '{{cipher}}{SECRET}'\nmarked: '{{cipher}}{{key:x}}{SECRET}'\nbad: '{GARBLED}'\nplain: '{{cipher}}{{plain}}{SECRET}'\n",
    "list.yml": "- one\n- two\n",
    "nginx.conf": "listen ${a.b};\n",
    "nginx-dev.conf": "listen ${a.b} of ${name};\n",
    "feature/new/app.yml": "n: 2\n",
    "team/app.yml": "team: yes\n",
}


def source(name, entries):
    return f'{{"name":"file:<any>/{name}","source":{{{entries}}}}}'


def environment(name, profiles, label, *sources):
    return (f'{{"name":"{name}","profiles":["{profiles}"],"label":{label},"version":null,"state":null,'
            f'"propertySources":[{",".join(sources)}]}}')


COMMON = source("application.yml", '"a.b":1,"shared":true,"who":"${name:nobody}"')
IN_DEV = source("application-dev.yml", '"of":"everybody in dev"')
APP = source("app.yml", '"list[0]":"x","list[1]":"y","list[2]":"z","n":1.5,"flag":true')
APP_DEV = source("app-dev.yml", '"a.b":2,"name":"dev"')
APP_EU = source("app-eu.yml", '"list[0]":"q"')
ONLY_EU = source("app.yml", '"told":"eu only"')

ENVIRONMENTS = [
    Ask("an application", "GET", "/app/default", V1, type="application/json", says=environment("app", "default", "null", APP, COMMON)),
    Ask("a profile", "GET", "/app/dev", V1, says=environment("app", "dev", "null", APP_DEV, IN_DEV, APP, COMMON)),
    Ask("the last profile is the strongest, and they are one text", "GET", "/app/dev,eu", V1,
        has=('"profiles":["dev,eu"]', '"told":"eu only"')),
    Ask("as npm's client escapes it", "GET", "/app/dev%2Ceu", V1, has=('"profiles":["dev,eu"]',)),
    Ask("a label", "GET", "/app/default/main", V1, says=environment("app", "default", '"main"', APP, COMMON)),
    Ask("a label with a slash", "GET", "/app/default/feature%2Fnew", V1, has=('"label":"feature/new"', '"n":2', '"n":1.5')),
    Ask("a label with Spring's slash", "GET", "/app/default/feature(_)new", V1, has=('"n":2',)),
    Ask("an application with Spring's slash", "GET", "/team(_)app/default", V1, has=('"name":"team(_)app"', '"team":true')),
    Ask("what nobody has", "GET", "/nobody/dev", V1, says=environment("nobody", "dev", "null", IN_DEV, COMMON)),
    Ask("a label that nobody has", "GET", "/nobody/default/none", V1, says=environment("nobody", "default", '"none"', COMMON)),
    Ask("as Spring's client asks", "GET", "/app/dev", JAVA, type=V2,
        has=('"propertySources":[{"name":"file:', '/app-dev.yml","source":{"a.b":{"value":2,"origin":"1:8"},"name":{"value":"dev","origin":"2:7"}}}')),
    Ask("several applications", "GET", "/app,my-app/dev", V1, has=('"name":"app,my-app"', '"it":"is mine"', '"n":1.5')),
    Ask("a password among them", "GET", "/secret/default", V1,
        has=('"good":"mysecret"', '"marked":"mysecret"', '"invalid.bad":"<n/a>"', '"plain":"mysecret"'), lacks=('"bad"',)),
]

DOCUMENTS = [
    Ask("as YAML", "GET", "/app-dev.yml", type=TEXT,
        says="a:\n  b: 2\nname: dev\nof: everybody in dev\nlist:\n- x\n- y\n- z\nn: 1.5\nflag: true\nshared: true\nwho: dev\n"),
    Ask("as YAML by its other name", "GET", "/app-dev.yaml", type=TEXT, has=("who: dev\n",)),
    Ask("as properties", "GET", "/app-dev.properties", type=TEXT,
        says="a.b: 2\nflag: true\nlist[0]: x\nlist[1]: y\nlist[2]: z\nn: 1.5\nname: dev\nof: everybody in dev\nshared: true\nwho: dev"),
    Ask("as JSON", "GET", "/app-dev.json", type="application/json",
        says='{"a":{"b":2},"name":"dev","of":"everybody in dev","list":["x","y","z"],"n":1.5,"flag":true,"shared":true,"who":"dev"}'),
    Ask("without placeholders filled in", "GET", "/app-dev.json?resolvePlaceholders=false", has=('"who":"${name:nobody}"',)),
    Ask("with them", "GET", "/app-dev.json?resolvePlaceholders=true", has=('"who":"dev"',)),
    Ask("a placeholder's own words", "GET", "/app-default.yml", has=("who: nobody\n",)),
    Ask("a list whole from the strongest", "GET", "/app-eu.json", has=('"list":["q"]',)),
    Ask("the last dash parts name and profile", "GET", "/my-app-dev.yml", has=("it: is mine\n",)),
    Ask("a label before it", "GET", "/feature%2Fnew/app-default.json", has=('"n":2',)),
    Ask("several profiles", "GET", "/app-dev,eu.json", has=('"list":["q"]', '"name":"dev"')),
    Ask("a list at the top", "GET", "/list-x.json", has=('"document":["one","two"]',)),
    Ask("no profile", "GET", "/app-.yml", status=404),
    Ask("no dash", "GET", "/app.yml", status=404),
    Ask("a profile that looks like a file", "GET", "/app/dev.yml", status=404),
    Ask("another one", "GET", "/app/dev.json", status=404),
    Ask("a third", "GET", "/app/dev.properties", status=404),
]

PLAIN = [
    Ask("a file, that of the profile first", "GET", "/app/dev/main/nginx.conf", type=TEXT, says="listen 2 of dev;\n", heads={"Last-Modified": "<any> GMT"}),
    Ask("of no profile", "GET", "/app/default/main/nginx.conf", says="listen 1;\n"),
    Ask("of the default label", "GET", "/app/dev/nginx.conf?useDefaultLabel", says="listen 2 of dev;\n"),
    Ask("as it is", "GET", "/app/dev/main/nginx.conf", RAW, type="application/octet-stream", says="listen ${a.b} of ${name};\n"),
    Ask("not changed since", "GET", "/app/dev/main/nginx.conf", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, status=304, says=""),
    Ask("changed since", "GET", "/app/dev/main/nginx.conf", {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, says="listen 2 of dev;\n"),
    Ask("a date that is none", "GET", "/app/dev/main/nginx.conf", {"If-Modified-Since": "yesterday"}, says="listen 2 of dev;\n"),
    Ask("no such file", "GET", "/app/dev/main/none.conf", status=404),
]

# Every way out of the folder that this API was ever left by, and their relatives: name, profile, label and path.
WAYS_OUT = ("/..%2f..%2fx/dev", "/%2e%2e%2fx/dev", "/app/..%2f..%2fx", "/app/%252e%252e%252fx", "/app/dev/..%2f..%2fx", "/app/dev/(_)etc",
            "/(_)etc/dev", "/app/dev/..(_)..(_)etc/passwd", "/app/dev/main/..%2f..%2fetc%2fpasswd", "/app/dev/main/..%252f..%252fetc%252fpasswd",
            "/app/dev/main/%2e%2e/%2e%2e/etc/passwd", "/app/dev/main/..%5c..%5cetc%5cpasswd", "/app/dev%23/main/nginx.conf",
            "/app/dev/main%23/nginx.conf", "/app%23/dev", "/..%2fapp-dev.yml", "/x%2f..%2f..%2fy/app-dev.yml", "/app/-dev", "/app/dev-",
            "/app/dev/main/%2fetc%2fpasswd", "/app/dev/main/file:%2f%2f%2fetc%2fpasswd", "/app/dev/main/%00", "/app/dev,..%2f..%2fx")
REFUSED = [Ask("a way out", "GET", path, status=400, lacks=("root:",)) for path in WAYS_OUT]

CIPHERS = [
    Ask("there is a key", "GET", "/encrypt/status", type="application/json", says='{"status":"OK"}'),
    Ask("it cannot be shown", "GET", "/key", status=404, type="application/json", has=('"status":"NOT_FOUND"',)),
    Ask("nor that of an application", "GET", "/key/app/dev", status=404, has=('"status":"NOT_FOUND"',)),
    Ask("decrypt", "POST", "/decrypt", {"Content-Type": "text/plain"}, SECRET, type=TEXT, says="mysecret"),
    Ask("decrypt as curl -d sends it", "POST", "/decrypt", FORM, SECRET, says="mysecret"),
    Ask("decrypt for an application", "POST", "/decrypt/app/dev", {"Content-Type": "text/plain"}, SECRET, says="mysecret"),
    Ask("decrypt nonsense", "POST", "/decrypt", {"Content-Type": "text/plain"}, "00", 400, type="application/json", has=('"status":"INVALID"', '"description":"')),
    Ask("encrypt", "POST", "/encrypt", {"Content-Type": "text/plain"}, "mysecret", type=TEXT),
    Ask("encrypt for an application", "POST", "/encrypt/app/dev", {"Content-Type": "text/plain"}, "mysecret", type=TEXT),
]
WITHOUT_KEY = [
    Ask("no key", "GET", "/encrypt/status", status=404, type="application/json", has=('"status":"NO_KEY"', '"description":"')),
    Ask("nothing to encrypt with", "POST", "/encrypt", {"Content-Type": "text/plain"}, "x", 404, has=('"status":"NO_KEY"',)),
    Ask("nothing to decrypt with", "POST", "/decrypt", {"Content-Type": "text/plain"}, SECRET, 404, has=('"status":"NO_KEY"',)),
]

PUSH = '{"commits":[{"added":["foo-bar.yml"],"removed":[],"modified":[]}]}'
NEWS = [
    Ask("a form", "POST", "/monitor", FORM, "path=foo-bar.yml", type="application/json", says='["foo:bar","foo-bar"]'),
    Ask("everybody", "POST", "/monitor", FORM, "path=application.yml", says='["*"]'),
    Ask("everybody in dev", "POST", "/monitor", FORM, "path=application-dev.yml", has=('"*:dev"',)),
    Ask("GitHub", "POST", "/monitor", {"Content-Type": "application/json", "X-Github-Event": "push"}, PUSH, says='["foo:bar","foo-bar"]'),
    Ask("GitLab", "POST", "/monitor", {"Content-Type": "application/json", "X-Gitlab-Event": "Push Hook"}, PUSH, says='["foo:bar","foo-bar"]'),
    Ask("Gitea", "POST", "/monitor", {"Content-Type": "application/json", "X-Gitea-Event": "push"}, PUSH, says='["foo:bar","foo-bar"]'),
    Ask("Gogs", "POST", "/monitor", {"Content-Type": "application/json", "X-Gogs-Event": "push"}, PUSH, says='["foo:bar","foo-bar"]'),
    Ask("Gitee", "POST", "/monitor", {"Content-Type": "application/json", "X-Git-Oschina-Event": "Push Hook"}, PUSH, says='["foo:bar","foo-bar"]'),
    Ask("Bitbucket tells no files", "POST", "/monitor",
        {"Content-Type": "application/json", "X-Event-Key": "repo:push", "X-Hook-UUID": "x"}, '{"push":{"changes":[{"new":{"name":"main"}}]}}'),
    Ask("refresh all", "POST", "/actuator/busrefresh", {}, status=204, says="", type=""),
    Ask("refresh a service", "POST", "/actuator/busrefresh/app", {}, status=204, says=""),
    Ask("refresh an instance", "POST", "/actuator/busrefresh/app:8080", {}, status=204, says=""),
]
TABLE = [*ENVIRONMENTS, *DOCUMENTS, *PLAIN, *REFUSED, *CIPHERS, *NEWS]

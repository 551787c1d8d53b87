"""Spring Boot's actuator, as its tools read it, on the port of a service."""
from tools.testing.wire_samples.exchange import Ask

KEY = {"X-Internal-API-Key": "0123456789abcdef0123456789abcdef"}
SENDS = {**KEY, "Content-Type": "application/json"}
V3 = "application/vnd.spring-boot.actuator.v3+json"
PROBLEM = "application/problem+json"

OPEN = [
    Ask("health of a stranger", "GET", "/actuator/health", type=V3, says='{"status":"UP","groups":["liveness","readiness"]}'),
    Ask("alive", "GET", "/livez", type=V3, says='{"status":"UP"}'),
    Ask("ready", "GET", "/readyz", type=V3, says='{"status":"UP"}'),
    *(Ask("nothing for a stranger", "GET", f"/actuator/{what}", status=404, type=PROBLEM)
      for what in ("env", "loggers", "metrics", "beans", "heapdump", "env/platform.internal_key")),
    *(Ask("nothing to do for a stranger", "POST", f"/actuator/{what}", {}, "{}", 404) for what in ("refresh", "loggers/ROOT", "env", "shutdown")),
]

KNOWN = [
    Ask("what there is", "GET", "/actuator", KEY, type=V3,
        has=('{"_links":{"self":{"href":"http://', '"templated":false}', '"health-path":{"href":"', '/actuator/health/{*path}","templated":true}',
             '"metrics-requiredMetricName":{"href":"')),
    Ask("health", "GET", "/actuator/health", KEY, type=V3,
        has=('{"status":"UP","components":{', '"livenessState":{"status":"UP"}', '"ping":{"status":"UP"}', '"groups":["liveness","readiness"]}')),
    Ask("of one thing", "GET", "/actuator/health/ping", KEY, says='{"status":"UP"}'),
    Ask("of nothing", "GET", "/actuator/health/none", KEY, status=404),
    Ask("liveness", "GET", "/actuator/health/liveness", KEY, says='{"status":"UP","components":{"livenessState":{"status":"UP"}}}'),
    Ask("readiness", "GET", "/actuator/health/readiness", KEY, has=('"readinessState":{"status":"UP"}',)),
    Ask("info", "GET", "/actuator/info", KEY, type=V3, has=('"build":{"artifact":"loquat","group":"loquat","name":"loquat","version":"', '"os":{"name":"',
                                                           '"process":{"pid":')),
    Ask("metrics", "GET", "/actuator/metrics", KEY, type=V3, has=('{"names":["', '"process.uptime"')),
    Ask("a metric", "GET", "/actuator/metrics/process.uptime", KEY, type=V3,
        says='{"name":"process.uptime","description":"<any>","baseUnit":"seconds","measurements":[{"statistic":"VALUE","value":<n>.<n>}],"availableTags":[]}'),
    Ask("a metric with tags", "GET", "/actuator/metrics/loquat.registry.instances?tag=status:UP", KEY,
        has=('"measurements":[{"statistic":"VALUE","value":',)),
    Ask("no metric", "GET", "/actuator/metrics/none", KEY, status=404),
    Ask("for Prometheus", "GET", "/actuator/prometheus", KEY, type="text/plain; version=0.0.4; charset=utf-8", has=("\nprocess_uptime_seconds ",)),
    Ask("loggers", "GET", "/actuator/loggers", KEY, type=V3,
        has=('{"levels":["OFF","ERROR","WARN","INFO","DEBUG","TRACE"],"loggers":{"ROOT":{"configuredLevel":"INFO","effectiveLevel":"INFO"}', '"groups":{}}')),
    Ask("louder", "POST", "/actuator/loggers/auth", SENDS, '{"configuredLevel":"DEBUG"}', 204, says="", type=""),
    Ask("is louder", "GET", "/actuator/loggers/auth", KEY, says='{"configuredLevel":"DEBUG","effectiveLevel":"DEBUG"}'),
    Ask("a level that is none", "POST", "/actuator/loggers/auth", SENDS, '{"configuredLevel":"LOUD"}', 400),
    Ask("as before", "POST", "/actuator/loggers/auth", SENDS, '{"configuredLevel":null}', 204),
    Ask("is as before", "GET", "/actuator/loggers/auth", KEY, says='{"effectiveLevel":"INFO"}'),
    Ask("settings without their values", "GET", "/actuator/env", KEY, type=V3,
        has=('{"activeProfiles":[]', '"propertySources":[{"name":"commandLineArgs","properties":{', '{"value":"******","origin":"--set"}'),
        lacks=("0123456789abcdef",)),
    Ask("one setting", "GET", "/actuator/env/config.port", KEY, has=('"property":{"source":"commandLineArgs","value":"******"}',)),
    Ask("refresh without news", "POST", "/actuator/refresh", KEY, status=200, type=V3, says="[]"),
]

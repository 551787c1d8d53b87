"""What clients of Eureka send, as they send it, and what Netflix's and Spring's servers answer."""
import gzip
import json

from tools.testing.wire_samples.exchange import Ask

JSON = {"Accept": "application/json"}
SENDS_JSON = {**JSON, "Content-Type": "application/json"}
ANY = {"Accept": "*/*"}
XML = {"Accept": "application/xml"}
PEER = {"x-netflix-discovery-replication": "true"}
NOTHING = {"says": "", "type": ""}
CENTER = '"dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}'
LEASE = ('"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":<ms>,'
         '"lastRenewalTimestamp":<ms>,"evictionTimestamp":0,"serviceUpTimestamp":<ms>}')

# eureka-js-client: a body without securePort, leaseInfo, countryId and metadata, the name in small letters.
JS = ('{"instance":{"app":"jqservice","hostName":"localhost","ipAddr":"127.0.0.1","instanceId":"localhost:jqservice:8080",'
      '"statusPageUrl":"http://localhost:8080/info","port":{"$":8080,"@enabled":"true"},"vipAddress":"jq.test",'
      f'{CENTER},"status":"UP"}}}}')
JS_SHOWN = ('{"instanceId":"localhost:jqservice:8080","hostName":"localhost","app":"JQSERVICE","ipAddr":"127.0.0.1","status":"UP",'
            '"overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},"securePort":{"$":7002,"@enabled":"false"},'
            f'"countryId":1,{CENTER},{LEASE},"metadata":{{"@class":"java.util.Collections$EmptyMap"}},'
            '"statusPageUrl":"http://localhost:8080/info","vipAddress":"jq.test","isCoordinatingDiscoveryServer":"false",'
            '"lastUpdatedTimestamp":"<ms>","lastDirtyTimestamp":"<ms>","actionType":"ADDED"}')
JS_COMPACT = ('{"instanceId":"localhost:jqservice:8080","hostName":"localhost","app":"JQSERVICE","ipAddr":"127.0.0.1","status":"UP",'
              f'"port":{{"$":8080,"@enabled":"true"}},"securePort":{{"$":7002,"@enabled":"false"}},{CENTER},'
              '"vipAddress":"jq.test","lastUpdatedTimestamp":"<ms>","actionType":"ADDED"}')
JS_XML = ('<instance><instanceId>localhost:jqservice:8080</instanceId><hostName>localhost</hostName><app>JQSERVICE</app>'
          '<ipAddr>127.0.0.1</ipAddr><status>UP</status><overriddenstatus>UNKNOWN</overriddenstatus>'
          '<port enabled="true">8080</port><securePort enabled="false">7002</securePort><countryId>1</countryId>'
          '<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>'
          '<leaseInfo><renewalIntervalInSecs>30</renewalIntervalInSecs><durationInSecs>90</durationInSecs>'
          '<registrationTimestamp><ms></registrationTimestamp><lastRenewalTimestamp><ms></lastRenewalTimestamp>'
          '<evictionTimestamp>0</evictionTimestamp><serviceUpTimestamp><ms></serviceUpTimestamp></leaseInfo>'
          '<metadata class="java.util.Collections$EmptyMap"></metadata><statusPageUrl>http://localhost:8080/info</statusPageUrl>'
          '<vipAddress>jq.test</vipAddress><isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>'
          '<lastUpdatedTimestamp><ms></lastUpdatedTimestamp><lastDirtyTimestamp><ms></lastDirtyTimestamp>'
          '<actionType>ADDED</actionType></instance>')

# Netflix's own, as Spring sets it up: everything, packed, with its own marks.
JAVA = ('{"instance":{"instanceId":"host:app:8080","hostName":"host","app":"APP","ipAddr":"10.0.0.1","status":"UP",'
        '"overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"countryId":1,'
        f'{CENTER},"leaseInfo":{{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":0,"lastRenewalTimestamp":0,'
        '"evictionTimestamp":0,"serviceUpTimestamp":0},"metadata":{"management.port":"8081"},"homePageUrl":"http://host:8080/",'
        '"statusPageUrl":"http://host:8081/actuator/info","healthCheckUrl":"http://host:8081/actuator/health","vipAddress":"app",'
        '"secureVipAddress":"app","isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1795164939394",'
        '"lastDirtyTimestamp":"1795164939394"}}')
JAVA_SHOWN = ('{"instance":{"instanceId":"host:app:8080","hostName":"host","app":"APP","ipAddr":"10.0.0.1","status":"UP",'
              '"overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"countryId":1,'
              f'{CENTER},{LEASE},"metadata":{{"management.port":"8081"}},"homePageUrl":"http://host:8080/",'
              '"statusPageUrl":"http://host:8081/actuator/info","healthCheckUrl":"http://host:8081/actuator/health","vipAddress":"app",'
              '"secureVipAddress":"app","isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"<ms>",'
              '"lastDirtyTimestamp":"1795164939394","actionType":"ADDED"}}')
JAVA_FIELDS = {**SENDS_JSON, "Content-Encoding": "gzip", "Accept-Encoding": "gzip", "DiscoveryIdentity-Name": "DefaultClient",
               "DiscoveryIdentity-Version": "1.4", "DiscoveryIdentity-Id": "10.0.0.1", "User-Agent": "Java-EurekaClient/v2.0.4"}

# py_eureka_client: small `overriddenstatus`, moments as texts, the id escaped, a connection for each request.
PY = ('{"instance":{"instanceId":"127.0.0.1:py-svc:9090","hostName":"127.0.0.1","app":"PY-SVC","ipAddr":"127.0.0.1","status":"UP",'
      '"overriddenstatus":"UNKNOWN","port":{"$":9090,"@enabled":"true"},"securePort":{"$":9443,"@enabled":"false"},"countryId":1,'
      f'{CENTER},"leaseInfo":{{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":0,"lastRenewalTimestamp":0,'
      '"evictionTimestamp":0,"serviceUpTimestamp":0},"metadata":{"management.port":"9090","zone_a":"x"},"homePageUrl":"http://127.0.0.1:9090/",'
      '"statusPageUrl":"http://127.0.0.1:9090/info","healthCheckUrl":"http://127.0.0.1:9090/health","secureHealthCheckUrl":"",'
      '"vipAddress":"py-svc","secureVipAddress":"py-svc","isCoordinatingDiscoveryServer":"false",'
      '"lastUpdatedTimestamp":"1795164939394","lastDirtyTimestamp":"1795164939394"}}')
PY_FIELDS = {"Content-Type": "application/json", "Accept": "*/*", "Connection": "close"}
PY_PATH = "/apps/PY-SVC/127.0.0.1%3Apy-svc%3A9090"
JS_PATH = "/apps/jqservice/localhost:jqservice:8080"

EMPTY = '{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}'


def without(*names, **more):
    """The js client's body without members, or with others."""
    body = json.loads(JS)["instance"]
    for name in names:
        del body[name]
    return json.dumps({"instance": {**body, **more}})


def refused(name, body, why, path="/apps/jqservice"):
    return Ask(name, "POST", path, SENDS_JSON, body, 400, says=why, type="text/plain;charset=UTF-8")


LIFE = [
    Ask("an empty registry", "GET", "/apps", JSON, says=EMPTY, type="application/json"),
    Ask("an empty registry in XML", "GET", "/apps/", ANY, type="application/xml",
        says="<applications><versions__delta>1</versions__delta><apps__hashcode></apps__hashcode></applications>"),
    Ask("no such application", "GET", "/apps/JQSERVICE", JSON, status=404, **NOTHING),
    Ask("no such instance", "GET", JS_PATH, JSON, status=404, **NOTHING),
    Ask("no such instance anywhere", "GET", "/instances/localhost:jqservice:8080", JSON, status=404, **NOTHING),
    Ask("a beat of a stranger", "PUT", JS_PATH, JSON, status=404, **NOTHING),
    Ask("a beat of a stranger who takes anything", "PUT", PY_PATH + "?status=UP&lastDirtyTimestamp=1795164939394", ANY, status=404, **NOTHING),
    Ask("a stranger signs off", "DELETE", JS_PATH, JSON, status=404, **NOTHING),
    Ask("a stranger's status", "PUT", JS_PATH + "/status?value=OUT_OF_SERVICE", JSON, status=404, **NOTHING),
    Ask("a stranger's status taken back", "DELETE", JS_PATH + "/status", JSON, status=404, **NOTHING),
    Ask("a stranger's metadata", "PUT", JS_PATH + "/metadata?a=b", JSON, status=404, **NOTHING),
    Ask("nobody's address", "GET", "/vips/NOBODY", JSON, type="application/json",
        says='{"applications":{"versions__delta":"-1","apps__hashcode":"","application":[]}}'),

    Ask("js registers", "POST", "/apps/jqservice", SENDS_JSON, JS, 204, heads={"Content-Length": None}, **NOTHING),
    Ask("js beats", "PUT", JS_PATH, JSON, **NOTHING),
    Ask("js fetches", "GET", "/apps/", JSON, type="application/json",
        says=f'{{"applications":{{"versions__delta":"1","apps__hashcode":"UP_1_","application":[{{"name":"JQSERVICE","instance":[{JS_SHOWN}]}}]}}}}'),
    Ask("js fetches packed", "GET", "/apps/", {**JSON, "Accept-Encoding": "gzip"}, heads={"Content-Encoding": "gzip"}, has=('"UP_1_"',)),
    Ask("one application", "GET", "/apps/JqService", JSON, says=f'{{"application":{{"name":"JQSERVICE","instance":[{JS_SHOWN}]}}}}'),
    Ask("one instance", "GET", JS_PATH, JSON, says=f'{{"instance":{JS_SHOWN}}}'),
    Ask("one instance, its id escaped", "GET", "/apps/JQSERVICE/localhost%3Ajqservice%3A8080", JSON, says=f'{{"instance":{JS_SHOWN}}}'),
    Ask("one instance by its id alone", "GET", "/instances/localhost:jqservice:8080", JSON, says=f'{{"instance":{JS_SHOWN}}}'),
    Ask("one application in XML", "GET", "/apps/JQSERVICE", ANY, type="application/xml",
        says=f"<application><name>JQSERVICE</name>{JS_XML}</application>"),
    Ask("everything in XML", "GET", "/apps", XML,
        says="<applications><versions__delta>1</versions__delta><apps__hashcode>UP_1_</apps__hashcode>"
             f"<application><name>JQSERVICE</name>{JS_XML}</application></applications>"),
    Ask("compact", "GET", JS_PATH, {**JSON, "X-Eureka-Accept": "compact"}, says=f'{{"instance":{JS_COMPACT}}}'),
    Ask("full", "GET", JS_PATH, {**JSON, "X-Eureka-Accept": "full"}, says=f'{{"instance":{JS_SHOWN}}}'),
    Ask("by its address", "GET", "/vips/jq.test", JSON,
        says=f'{{"applications":{{"versions__delta":"-1","apps__hashcode":"UP_1_","application":[{{"name":"JQSERVICE","instance":[{JS_SHOWN}]}}]}}}}'),
    Ask("the delta", "GET", "/apps/delta", JSON,
        has=('{"applications":{"versions__delta":"', '","apps__hashcode":"UP_1_","application":[{"name":"', '{"name":"JQSERVICE","instance":[{')),

    Ask("Netflix's client registers, packed", "POST", "/apps/APP", JAVA_FIELDS, gzip.compress(JAVA.encode()), 204, **NOTHING),
    Ask("Netflix's client beats", "PUT", "/apps/APP/host:app:8080?status=UP&lastDirtyTimestamp=1795164939394", JAVA_FIELDS, **NOTHING),
    Ask("what it said is shown", "GET", "/apps/APP/host:app:8080", JSON, says=JAVA_SHOWN),
    Ask("a beat that is newer than what it registered", "PUT", "/apps/APP/host:app:8080?status=UP&lastDirtyTimestamp=1795164939395", JSON,
        status=404, **NOTHING),
    Ask("a beat that is older", "PUT", "/apps/APP/host:app:8080?status=UP&lastDirtyTimestamp=1795164939393", JSON, **NOTHING),
    Ask("a peer's beat that is older", "PUT", "/apps/APP/host:app:8080?status=UP&lastDirtyTimestamp=1795164939393", {**JSON, **PEER},
        status=409, type="application/json", says=JAVA_SHOWN),

    Ask("py registers", "POST", "/apps/PY-SVC", PY_FIELDS, PY, 204, **NOTHING),
    Ask("py beats", "PUT", PY_PATH + "?status=UP&lastDirtyTimestamp=1795164939394", PY_FIELDS, **NOTHING),
    Ask("py reads", "GET", "/apps/", ANY, type="application/xml",
        has=("<apps__hashcode>UP_3_</apps__hashcode>", '<port enabled="true">9090</port>', '<securePort enabled="false">9443</securePort>',
             '<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo">', "<management.port>9090</management.port>",
             "<zone__a>x</zone__a>", "<overriddenstatus>UNKNOWN</overriddenstatus>")),
    Ask("py goes down before it leaves", "POST", "/apps/PY-SVC", PY_FIELDS, PY.replace('"status":"UP"', '"status":"DOWN"'), 204, **NOTHING),
    Ask("the hash counts it", "GET", "/apps", JSON, has=('"apps__hashcode":"DOWN_1_UP_2_"',)),

    Ask("out of service", "PUT", PY_PATH + "/status?value=OUT_OF_SERVICE&lastDirtyTimestamp=1795164939394", ANY, **NOTHING),
    Ask("is shown", "GET", PY_PATH, JSON, has=('"status":"OUT_OF_SERVICE","overriddenStatus":"OUT_OF_SERVICE"', '"actionType":"MODIFIED"')),
    Ask("statuses that somebody set", "GET", "/serverinfo/statusoverrides", JSON, says='{"127.0.0.1:py-svc:9090":"OUT_OF_SERVICE"}'),
    Ask("taken back to up", "DELETE", PY_PATH + "/status?value=UP&lastDirtyTimestamp=1795164939394", ANY, **NOTHING),
    Ask("is up", "GET", PY_PATH, JSON, has=('"status":"UP","overriddenStatus":"UNKNOWN"',)),
    Ask("set once more", "PUT", PY_PATH + "/status?value=OUT_OF_SERVICE", ANY, **NOTHING),
    Ask("taken back to nothing", "DELETE", PY_PATH + "/status?lastDirtyTimestamp=1795164939394", ANY, **NOTHING),
    Ask("is unknown", "GET", PY_PATH, JSON, has=('"status":"UNKNOWN"',)),
    Ask("and must register", "PUT", PY_PATH + "?status=UP&lastDirtyTimestamp=1795164939394", ANY, status=404, **NOTHING),
    Ask("no status at all", "PUT", PY_PATH + "/status", ANY, status=400),
    Ask("a status that is none", "PUT", PY_PATH + "/status?value=DANCING", ANY, status=400),
    Ask("a status that is none, taken back", "DELETE", PY_PATH + "/status?value=DANCING", ANY, status=400),
    Ask("metadata", "PUT", PY_PATH + "/metadata?a=b&x-zone=eu%2F1", ANY, **NOTHING),
    Ask("metadata is shown", "GET", PY_PATH, JSON, has=('"metadata":{"management.port":"9090","zone_a":"x","a":"b","x-zone":"eu/1"}',)),

    Ask("js leaves", "DELETE", JS_PATH, JSON, **NOTHING),
    Ask("py leaves", "DELETE", PY_PATH, PY_FIELDS, **NOTHING),
    Ask("Netflix's client leaves", "DELETE", "/apps/APP/host:app:8080", JAVA_FIELDS, **NOTHING),
    Ask("everybody has left", "GET", "/apps", JSON, says=EMPTY),
    Ask("the delta says so", "GET", "/apps/delta", JSON, has=('"apps__hashcode":""', '"name":"JQSERVICE"', '"actionType":"DELETED"')),

    refused("without a name of itself", without("instanceId", "hostName"), "Missing instanceId"),
    refused("without a host", without("hostName"), "Missing hostname"),
    refused("without an address", without("ipAddr"), "Missing ip address"),
    refused("without an application", without("app"), "Missing appName"),
    refused("of another application", JS, "Mismatched appName, expecting OTHER but was JQSERVICE", "/apps/other"),
    refused("without a data center", without("dataCenterInfo"), "Missing dataCenterInfo"),
    refused("of a data center without a name", without(dataCenterInfo={"@class": "x"}), "Missing dataCenterInfo Name"),
    Ask("scaling groups", "PUT", "/asg/a/status?value=ENABLED", ANY, status=400),
    Ask("state of the server", "GET", "/status", JSON, type="application/json",
        has=('"generalStats":{', '"applicationStats":{"registered-replicas":"', '"available-replicas":"', '"unavailable-replicas":"',
             '"instanceInfo":{"instanceId":"', '"isHeathly":true')),
    Ask("nothing there", "GET", "/nowhere", JSON, status=404, **NOTHING),
    Ask("a way in which nothing is asked", "POST", "/apps", SENDS_JSON, JS, 405),
]

MINIMAL = '"hostName":"h","ipAddr":"10.0.0.9","dataCenterInfo":{"name":"MyOwn"}'
LENIENT = [
    ("a port as a number", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"port":8080,"securePort":443}}}}',
     '"port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"}'),
    ("a boolean as one", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"port":{{"$":"8080","@enabled":false}}}}}}',
     '"port":{"$":8080,"@enabled":"false"}'),
    ("a list of one instance", f'{{"instance":[{{"app":"L","instanceId":"1",{MINIMAL}}}]}}', '"instanceId":"1"'),
    ("moments as numbers", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"lastDirtyTimestamp":1795164939394}}}}',
     '"lastDirtyTimestamp":"1795164939394"'),
    ("the status under its old name", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"overriddenstatus":"OUT_OF_SERVICE"}}}}',
     '"status":"OUT_OF_SERVICE","overriddenStatus":"OUT_OF_SERVICE"'),
    ("a status that nobody knows", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"status":"DANCING"}}}}', '"status":"UNKNOWN"'),
    ("an id out of the host's name", f'{{"instance":{{"app":"L",{MINIMAL.replace(chr(34) + "h" + chr(34), chr(34) + "1" + chr(34))}}}}}',
     '"instanceId":"1"'),
    ("Amazon's own", '{"instance":{"app":"L","hostName":"h","ipAddr":"10.0.0.9","dataCenterInfo":{"@class":'
     '"com.netflix.appinfo.AmazonInfo","name":"Amazon","metadata":{"instance-id":"1","public-hostname":"ec2"}}}}',
     '"dataCenterInfo":{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon","metadata":{"instance-id":"1","public-hostname":"ec2"}}'),
    ("an empty map of Java", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"metadata":{{"@class":"java.util.Collections$EmptyMap"}}}}}}',
     '"metadata":{"@class":"java.util.Collections$EmptyMap"}'),
    ("members that nobody knows", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"healthCheckUrls":["http://h/health"],"x":{{"y":1}}}}}}',
     '"actionType":"ADDED"'),
    ("a sid", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"sid":"s1"}}}}', '"ipAddr":"10.0.0.9","sid":"s1","status":"UP"'),
    ("a sid that says nothing", f'{{"instance":{{"app":"L","instanceId":"1",{MINIMAL},"sid":"na"}}}}', '"ipAddr":"10.0.0.9","status":"UP"'),
]
XML_GIVEN = ('<?xml version="1.0" encoding="UTF-8"?>\n<instance>\n  <instanceId>1</instanceId><hostName>h</hostName><app>l</app>'
             '<ipAddr>10.0.0.9</ipAddr><port>8080</port><securePort>443</securePort><sid>s1</sid><metadata class="java.util.Collections$EmptyMap"/>'
             '<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo></instance>')


def lenient():
    """A body is read in every form that a client of any age writes, and written in one."""
    for name, body, shown in LENIENT:
        yield Ask(name, "POST", "/apps/L", SENDS_JSON, body, 204, **NOTHING)
        yield Ask(name + ", shown", "GET", "/apps/L/1", JSON, has=(shown,))
        yield Ask(name + ", gone", "DELETE", "/apps/L/1", JSON, **NOTHING)
    yield Ask("XML", "POST", "/apps/L", {"Content-Type": "application/xml"}, XML_GIVEN, 204, **NOTHING)
    yield Ask("XML, shown", "GET", "/apps/L/1", JSON,
              has=('"port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"}', '"EmptyMap"'.replace('"', ""), '"sid":"s1"'))
    yield Ask("XML, shown as such", "GET", "/apps/L/1", XML, has=("<ipAddr>10.0.0.9</ipAddr><sid>s1</sid><status>UP</status>",))
    yield Ask("XML, gone", "DELETE", "/apps/L/1", JSON, **NOTHING)


GONE = Ask("and leaves", "DELETE", "/apps/managed/1", JSON, **NOTHING)


def managed_at(port):
    """An application whose actuator is on a port and a path of its own."""
    instance = {"app": "managed", "instanceId": "1", "hostName": "127.0.0.1", "ipAddr": "127.0.0.1", "port": 1, "dataCenterInfo": {"name": "MyOwn"},
                "metadata": {"management.port": str(port), "management.context-path": "/manage"}}
    return [Ask("with an actuator of its own", "POST", "/apps/managed", SENDS_JSON, json.dumps({"instance": instance}), 204, **NOTHING)]


def task(action, more=""):
    return f'{{"appName":"R","id":"1","lastDirtyTimestamp":1795164939394,"overriddenStatus":"UNKNOWN","status":"UP"{more},"action":"{action}"}}'


INFO = f',"instanceInfo":{{"app":"R","instanceId":"1",{MINIMAL},"lastDirtyTimestamp":"1795164939394"}}'
PEERS = [
    Ask("a batch of a peer", "POST", "/peerreplication/batch/", {**SENDS_JSON, **PEER},
        '{"replicationList":[' + ",".join([task("Heartbeat"), task("Register", INFO), task("Heartbeat"),
                                           task("Heartbeat").replace("1795164939394", "1795164939393"), task("StatusUpdate"),
                                           task("DeleteStatusOverride"), task("Cancel"), task("Cancel")]) + "]}",
        type="application/json",
        says='{"responseList":[{"statusCode":404},{"statusCode":200},{"statusCode":200},{"statusCode":409,"responseEntity":{"instanceId":"1"<any>}},'
             '{"statusCode":200},{"statusCode":200},{"statusCode":200},{"statusCode":404}]}'),
]

OUTSIDE = [
    Ask("the front page", "GET", "/", {}, status=302, heads={"Location": "/registry"}),
    Ask("what Spring's page of the last ones is called", "GET", "/lastn", {}, status=302, heads={"Location": "/registry"}),
]

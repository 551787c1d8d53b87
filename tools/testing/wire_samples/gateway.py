"""The gateway in front of servers that answer, refuse, are silent or are not there: routes as Spring Cloud Gateway writes them."""
from tools.testing.wire_samples.exchange import Ask

PROBLEM = "application/problem+json"

ROUTES = """
spring:
  cloud:
    gateway:
      routes:
        - {{id: shown, uri: 'http://127.0.0.1:{echo}', predicates: [Path=/shown/**], filters: [StripPrefix=1]}}
        - id: changed
          uri: http://127.0.0.1:{echo}
          predicates:
            - Path=/changed/**
            - Method=GET
          filters:
            - RewritePath=/changed/(?<rest>.*), /to/$\\{{rest}}
            - AddRequestHeader=X-Added, a
            - SetRequestHeader=X-Set, b
            - RemoveRequestHeader=X-Gone
            - AddResponseHeader=X-Answered-By, gateway
            - RemoveResponseHeader=X-Upstream
        - {{id: refuses, uri: 'http://127.0.0.1:1', predicates: [Path=/refuses/**]}}
        - {{id: nobody, uri: 'lb://nobody', predicates: [Path=/nobody/**]}}
        - id: silent
          uri: http://127.0.0.1:{silent}
          predicates: [Path=/silent/**]
          metadata: {{response-timeout: 300}}
        - {{id: elsewhere, uri: 'http://127.0.0.1:{echo}', predicates: [Path=/elsewhere], filters: ['RedirectTo=302, http://localhost/there']}}
        - {{id: said, uri: 'http://127.0.0.1:{echo}', predicates: [Path=/said], filters: [SetPath=/x, SetStatus=418]}}
"""

SPOOFED = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "for=6.6.6.6"}
HOPS = {"Connection": "X-Two, keep-alive", "X-Two": "2", "Keep-Alive": "timeout=5", "TE": "trailers", "Proxy-Authorization": "Basic eDp5"}


def problem(status, code):
    return {"status": status, "type": PROBLEM, "has": (f'"status":{status}', f'"code":"{code}"', '"request_id":"')}


TABLE = [
    Ask("one part of the path is taken off", "GET", "/shown/a/b?c=d", has=("GET /a/b?c=d\n",)),
    Ask("who says where it comes from is not believed", "GET", "/shown/x", SPOOFED,
        has=("x-forwarded-for: 127.0.0.1\n", "x-forwarded-proto: http\n"), lacks=("6.6.6.6", "evil.example")),
    Ask("what is for one hop stays there", "GET", "/shown/x", HOPS, lacks=("x-two:", "keep-alive:", "proxy-authorization:", "\nte:")),
    Ask("it names itself", "GET", "/shown/x", has=("via: 1.1 ",)),
    Ask("a trace is begun", "GET", "/shown/x", has=("traceparent: 00-", "x-request-id: ")),
    Ask("a trace is gone on with", "GET", "/shown/x", {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        has=("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-",), lacks=("-00f067aa0ba902b7-",)),
    Ask("a trace of zeros is none", "GET", "/shown/x", {"traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
        lacks=("00000000000000000000000000000000",)),
    Ask("a trace in capitals is none", "GET", "/shown/x", {"traceparent": "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"},
        lacks=("4bf92f3577b34da6a3ce929d0e0e4736",)),
    Ask("filters by their names", "GET", "/changed/a/b", {"X-Gone": "1", "X-Set": "z"}, has=("GET /to/a/b\n", "x-added: a\n", "x-set: b\n"),
        lacks=("x-gone", "x-set: z"), heads={"X-Answered-By": "gateway", "X-Upstream": None}),
    Ask("another way to ask", "POST", "/changed/a", {}, "", **problem(405, "request.method_not_allowed")),
    Ask("elsewhere", "GET", "/elsewhere", status=302, heads={"Location": "http://localhost/there"}),
    Ask("another status", "GET", "/said", status=418),
    Ask("the server refuses", "GET", "/refuses/x", **problem(503, "upstream.unavailable")),
    Ask("no instance", "GET", "/nobody/x", **problem(503, "upstream.unavailable")),
    Ask("silence", "GET", "/silent/x", **problem(504, "upstream.timeout")),
    Ask("no route", "GET", "/nothing/here", **problem(404, "request.no_route")),
]

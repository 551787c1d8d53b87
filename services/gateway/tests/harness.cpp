#include "services/gateway/tests/harness.hpp"

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

using contracts::Access;
using contracts::LimitClass;

Task<contracts::RawReply> note_call(void* api, contracts::Caller caller, contracts::RawCall call) {
    auto& harness = *static_cast<GatewayHarness*>(api);
    harness.last_caller = std::move(caller);
    harness.last_call = std::move(call);
    co_return contracts::RawReply{.body = R"({"ok":true})"};
}

Task<contracts::RawReply> big_answer(void* api, contracts::Caller, contracts::RawCall) {
    co_return contracts::RawReply{.body =
                                      "\"" + static_cast<GatewayHarness*>(api)->big_body + "\""};
}

Task<contracts::RawReply> refuse(void*, contracts::Caller, contracts::RawCall) {
    throw Failure{Kind::conflict, "test.conflict", "It is so."};
    co_return contracts::RawReply{};
}

// What the test puts into the harness's pipe.
Task<contracts::RawReply> follow(void* api, contracts::Caller, contracts::RawCall call) {
    auto& harness = *static_cast<GatewayHarness*>(api);
    harness.last_call = std::move(call);
    auto [writer, reader] = aio::make_pipe<contracts::EventText>(100);
    harness.feed = std::move(writer);
    harness.feed.on_reader_gone([&harness] {
        harness.is_feed_reader_gone = true;
        harness.feed_reader_went.set();
    });
    harness.feed_opened.set();
    co_return contracts::RawReply{.feed = contracts::make_feed(std::move(reader))};
}

wire::Schema no_schema() { return {}; }

contracts::Operation operation(std::string_view name, contracts::RouteSpec spec) {
    return {.service = "test",
            .name = name,
            .spec = spec,
            .invoke = &note_call,
            .request = &no_schema,
            .response = &no_schema,
            .has_request = false,
            .has_response = false};
}

std::vector<contracts::Operation> operations() {
    std::vector<contracts::Operation> all{
        operation("open", {.method = "GET", .path = "/api/open", .access = Access::anyone}),
        operation("open_free", {.method = "GET",
                                .path = "/api/free",
                                .access = Access::anyone,
                                .limit = LimitClass::none}),
        operation("mine", {.method = "GET", .path = "/api/mine", .access = Access::user}),
        operation(
            "thing",
            {.method = "GET", .path = "/api/things/{id}/parts/{part}", .access = Access::anyone}),
        operation("write", {.method = "POST",
                            .path = "/api/things",
                            .access = Access::anyone,
                            .body_bytes_max = 1000}),
        operation("for_admins", {.method = "GET", .path = "/api/admin", .access = Access::admin}),
        operation("hidden",
                  {.method = "GET", .path = "/internal/hidden", .access = Access::internal}),
        operation("login", {.method = "POST",
                            .path = "/api/login",
                            .access = Access::anyone,
                            .limit = LimitClass::sign_in}),
        operation("big", {.method = "GET", .path = "/api/big", .access = Access::anyone}),
        operation("follow", {.method = "GET", .path = "/api/follow", .access = Access::anyone}),
        operation("refused", {.method = "GET", .path = "/api/refused", .access = Access::anyone}),
        operation("list_rooms",
                  {.method = "GET", .path = "/api/rooms/public", .access = Access::anyone}),
        operation("delete_room",
                  {.method = "DELETE", .path = "/api/rooms/{id}", .access = Access::anyone}),
    };
    all[8].invoke = &big_answer;
    all[9].invoke = &follow;
    all[9].is_feed = true;
    all[10].invoke = &refuse;
    return all;
}

}  // namespace

runtime::Tokens::Result FakeTokens::verify_now(std::string_view token) {
    const bool is_admin = token.starts_with("admin-");
    if (!is_admin && !token.starts_with("user-")) {
        return std::unexpected{
            Failure{Kind::unauthenticated, "auth.invalid_token", "The token is not valid."}};
    }
    UserId user;
    user.uuid.bytes[0] = static_cast<std::uint8_t>(token.back());
    return runtime::Tokens::Identity{
        .user = user,
        .role = is_admin ? contracts::Role::admin : contracts::Role::user,
        .username = std::string{token},
        .expires_at = expires_at};
}

Task<runtime::Tokens::Result> FakeTokens::verify(std::string token) { co_return verify_now(token); }

FakeUpstream::FakeUpstream(aio::Loop& loop, Answer answer)
    : answer_(std::move(answer)), server_(loop, {}, *this) {
    at_ = server_.listen({});
}

Task<void> FakeUpstream::handle(net::http::Exchange& exchange) {
    const net::http::RequestHead& head = exchange.head();
    std::string text = std::string{head.method} + " " + std::string{head.target} + "\n";
    for (const auto& field : head.headers) {
        text += to_lower_ascii(field.name) + ": " + std::string{field.value} + "\n";
    }
    heads_.push_back(std::move(text));
    co_await answer_(exchange);
}

Task<void> read_until(net::Stream& stream, std::string& text, std::string_view wanted) {
    std::array<char, 4096> buffer;
    while (text.find(wanted) == std::string::npos) {
        const net::IoResult read = stream.try_read(buffer);
        if (read.state == net::Io::bytes) {
            text.append(buffer.data(), read.bytes);
        } else if (read.state == net::Io::would_block) {
            co_await stream.readable();
        } else {
            co_return;
        }
    }
}

FakeUpstream::Answer text_answer(std::string text) {
    return [text](net::http::Exchange& exchange) -> Task<void> {
        net::http::Response response{.headers = {{"Content-Type", "text/plain"}}, .body = text};
        co_await exchange.respond(std::move(response));
    };
}

GatewayHarness::GatewayHarness() {
    config.port = 0;
    config.access_log = false;
    dispatcher.add("test", this, loop, operations());
    assets.push_back({.path = "/app.js",
                      .content_type = "text/javascript",
                      .etag = "\"js1\"",
                      .plain = "let a;",
                      .gzip = "GZIP",
                      .brotli = "BR",
                      .immutable = false});
    assets.push_back({.path = "/assets/a-1.css",
                      .content_type = "text/css",
                      .etag = "\"css1\"",
                      .plain = "a{}",
                      .immutable = true});
    assets.push_back({.path = "/index.html",
                      .content_type = "text/html; charset=utf-8",
                      .etag = "\"page1\"",
                      .plain = "<!doctype html>",
                      .immutable = false});
    asset_list.assign(assets.begin(), assets.end());
    client = std::make_unique<net::http::Client>(loop, net::http::ClientConfig{});
}

GatewayHarness::~GatewayHarness() {
    if (gateway) {
        stop();
    }
    run_to_end(loop, [](GatewayHarness& self) -> Task<void> {
        for (FakeUpstream& upstream : self.upstreams) {
            co_await upstream.stop();
        }
        self.client.reset();
    }(*this));
}

void GatewayHarness::start() {
    audit = std::make_unique<runtime::AuditTrail>(runtime::AuditTrail::Parts{
        runtime::make_audit_sink(*log), clock, metrics, loop, "gateway"});
    audit->start();
    if (!files_url.empty()) {
        set_instances("files", {files_url});
    }
    gateway = std::make_unique<Gateway>(
        config,
        Gateway::Parts{
            .loop = loop,
            .clock = clock,
            .metrics = metrics,
            .sources = {.dispatcher = dispatcher,
                        .known = known,
                        .may_be_elsewhere =
                            [this](std::string_view name) {
                                return is_told_by_registry ||
                                       (name == "files" && !files_url.empty());
                            }},
            .neighbours = neighbours,
            .call_rules = runtime::to_rules(runtime::ClientsConfig{}, {}),
            .internal_key = "internal key",
            .tokens = tokens,
            .rights = rights,
            .shared = std::make_shared<Shared>(config, limits, "internal key"),
            .operations = [](runtime::ActuatorRequest request) -> Task<net::http::Response> {
                const bool is_operator = request.access == runtime::ActuatorAccess::operator_;
                co_return net::http::Response{.body = (is_operator ? "operator " : "") +
                                                      request.method + " " + request.path +
                                                      request.body};
            },
            .web = asset_list,
            .audit = *audit,
            .origins = origins});
    at = gateway->start();
}

void GatewayHarness::stop(std::chrono::milliseconds within) {
    run_to_end(loop, gateway->stop(std::chrono::steady_clock::now() + within));
    run_to_end(loop, audit->stop(std::chrono::steady_clock::now() + std::chrono::seconds{2}));
    gateway.reset();
}

net::http::ClientResponse GatewayHarness::send(net::http::ClientRequest request) {
    net::http::ClientResponse response;
    request.origin = origin();
    run_to_end(loop,
               [](GatewayHarness& self, net::http::ClientRequest held,
                  net::http::ClientResponse& out) -> Task<void> {
                   const Steady deadline =
                       std::chrono::steady_clock::now() + std::chrono::seconds{20};
                   out = co_await self.client->request(std::move(held), deadline);
               }(*this, std::move(request), response));
    return response;
}

net::http::ClientResponse GatewayHarness::get(std::string target, net::http::Headers headers) {
    return send({.target = std::move(target), .headers = std::move(headers)});
}

net::http::ClientResponse GatewayHarness::post(std::string target, std::string body,
                                               net::http::Headers headers) {
    return send({.method = "POST",
                 .target = std::move(target),
                 .headers = std::move(headers),
                 .body = std::move(body)});
}

Task<net::Stream> GatewayHarness::connect() {
    const Steady deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    auto stream = co_await net::connect(loop, "127.0.0.1", at.port, deadline);
    co_return stream;
}

std::string GatewayHarness::send_raw(std::string bytes) {
    std::string answer;
    run_to_end(loop, [](GatewayHarness& self, std::string held, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.connect();
        co_await stream.write_all(held);
        stream.shutdown_write();
        std::array<char, 4096> buffer;
        for (;;) {
            const net::IoResult read = stream.try_read(buffer);
            if (read.state == net::Io::bytes) {
                out.append(buffer.data(), read.bytes);
            } else if (read.state == net::Io::would_block) {
                co_await stream.readable();
            } else {
                break;
            }
        }
    }(*this, std::move(bytes), answer));
    return answer;
}

runtime::Instances::ListPtr NamedInstances::list(std::string_view service) const {
    const auto found = lists_.find(service);
    return found == lists_.end() ? std::make_shared<const List>() : found->second;
}

std::vector<std::string> NamedInstances::names() const {
    std::vector<std::string> names;
    for (const auto& [name, list] : lists_) {
        names.push_back(name);
    }
    return names;
}

void NamedInstances::set(std::string service, List instances) {
    lists_[std::move(service)] = std::make_shared<const List>(std::move(instances));
    ++version_;
    listeners_.tell();
}

void GatewayHarness::set_instances(const std::string& service, const std::vector<std::string>& urls,
                                   const std::vector<std::string>& contracts) {
    runtime::Instances::List list;
    for (const std::string& url : urls) {
        list.push_back({.id = url, .url = url, .contracts = contracts});
    }
    dynamic_cast<NamedInstances&>(*neighbours.instances).set(service, std::move(list));
}

FakeUpstream& GatewayHarness::add_upstream(FakeUpstream::Answer answer) {
    return upstreams.emplace_back(loop, std::move(answer));
}

RouteConfig& GatewayHarness::add_route(std::string id, std::string path,
                                       std::vector<std::string> urls) {
    RouteConfig& route = config.routes.emplace_back();
    route.id = std::move(id);
    route.path = std::move(path);
    route.upstreams = std::move(urls);
    return route;
}

}  // namespace loquat::gateway

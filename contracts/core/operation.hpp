#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/core/feed.hpp"
#include "contracts/core/route.hpp"
#include "wire/schema.hpp"

namespace loquat::contracts {

// A call before its types are known: what a server reads off a request.
struct RawCall {
    std::vector<std::pair<std::string_view, std::string>> path;  // decoded, by name
    std::vector<std::pair<std::string, std::string>> query;      // decoded
    std::string body;                                            // JSON or empty
};

struct RawReply {
    int status = 200;
    std::string body;  // JSON or empty
    std::vector<std::pair<std::string, std::string>> headers;
    FeedPtr<EventText> feed = nullptr;  // instead of a body: text/event-stream
};

// A row of a table with its types erased: what servers and documents work with.
struct Operation {
    std::string_view service;
    std::string_view name;
    RouteSpec spec;
    // Decodes, calls the method of `api` (a pointer to the service's interface) and encodes.
    Task<RawReply> (*invoke)(void* api, Caller caller, RawCall call);
    wire::Schema (*request)();
    wire::Schema (*response)();
    bool has_request = true;
    bool has_response = true;
    bool is_feed = false;  // answers with text/event-stream; `response` is of one event's data,
                           // where it has a schema
};

// Carries calls to a service that lives elsewhere, or through the codec in tests.
class Transport {
  public:
    virtual ~Transport() = default;
    // Throws the Failure that the service answered with, `upstream.unavailable` or
    // `upstream.timeout`.
    virtual Task<RawReply> call(const RouteSpec& spec, Caller caller, std::string target,
                                std::string body) = 0;
    // The same for an answer that is a feed; each piece of it is the data of one event.
    virtual Task<FeedPtr<EventText>> open(const RouteSpec& spec, Caller caller, std::string target,
                                          std::string body) = 0;
};

// Reads `a=b&c=d`; throws `request.malformed_query`.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace loquat::contracts

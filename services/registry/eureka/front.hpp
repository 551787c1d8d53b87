#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/domain/instance_book.hpp"
#include "services/registry/eureka/json.hpp"
#include "services/registry/eureka/server_state.hpp"
#include "services/registry/eureka/whole_answers.hpp"

namespace loquat::registry {

// A request as the front needs it: without sockets, so that every answer is a test.
struct EurekaRequest {
    std::string_view method;
    std::vector<std::string> path;  // decoded segments behind /eureka and its version
    std::vector<std::pair<std::string, std::string>> query;
    std::string_view body;
    bool wants_json = false;  // Accept names JSON; else it is XML
    bool has_xml = false;     // Content-Type names XML
    Detail detail = Detail::full;
    Origin origin = Origin::client;
    bool is_trusted = false;  // came with the key between services

    std::optional<std::string_view> find_query(std::string_view name) const;
};

// Milliseconds of 1970 in decimal digits; none for anything else.
std::optional<Time> time_of_query(std::optional<std::string_view> text);

struct EurekaReply {
    int status = 200;
    std::string type;  // empty: without a body
    std::string body;
    std::shared_ptr<EncodedText> whole = nullptr;  // instead of `body`: shared by all who ask
};

// What other registries must hear of, once it was done here.
struct Replicated {
    enum class Kind : std::uint8_t { registered, renewed, canceled, overridden, override_dropped };
    Kind kind = Kind::renewed;
    std::string app;
    std::string id;
    std::shared_ptr<const Instance> instance;  // as it is now; null once canceled
    Status status = Status::unknown;
};

// Eureka's REST interface over the book (docs/protocols/eureka.md).  What a request asks for that
// is not there gets an empty body: clients take a body of JSON for an instance.
class EurekaFront {
  public:
    using OnReplicated = std::function<void(Replicated)>;
    using StateOf = std::function<ServerState(Moment)>;

    // Applications of these names (the platform's own) are changed only by who is trusted.
    EurekaFront(InstanceBook& book, std::vector<std::string> own_names, OnReplicated on_replicated,
                StateOf state);

    EurekaReply answer(const EurekaRequest& request, Moment now);

  private:
    EurekaReply answer_apps(const EurekaRequest& request, Moment now);
    EurekaReply answer_app(const EurekaRequest& request, Moment now);
    EurekaReply answer_instance(const EurekaRequest& request, Moment now);
    EurekaReply answer_status(const EurekaRequest& request, Moment now);
    EurekaReply answer_vip(const EurekaRequest& request);
    EurekaReply register_instance(const EurekaRequest& request, Moment now);
    EurekaReply renew(const EurekaRequest& request, Moment now);
    EurekaReply cancel(const EurekaRequest& request, Moment now);
    EurekaReply set_metadata(const EurekaRequest& request, Moment now);
    EurekaReply replicate(const EurekaRequest& request, Moment now);
    std::string replicate_one(const wire::Value& task, bool is_trusted, Moment now);
    bool may_change(std::string_view app, bool is_trusted) const;
    EurekaReply show_all(const EurekaRequest& request, Moment now);
    EurekaReply show_delta(const EurekaRequest& request, Moment now);
    EurekaReply show_one(const EurekaRequest& request, const Instance& instance) const;
    EurekaReply show_overrides() const;
    void tell(Replicated::Kind kind, const EurekaRequest& request, std::string_view app,
              std::string_view id, Status status = Status::unknown);

    InstanceBook& book_;
    std::vector<std::string> own_names_;
    WholeAnswers answers_;
    OnReplicated on_replicated_;
    StateOf state_;
};

}  // namespace loquat::registry

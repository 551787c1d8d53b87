#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "contracts/core/operation.hpp"
#include "net/http/message.hpp"
#include "runtime/context.hpp"
#include "runtime/front/path_trie.hpp"

namespace loquat::runtime {

// An operation of a service in this process.
struct HostedOperation {
    contracts::Operation operation;
    void* api = nullptr;
    aio::Loop* loop = nullptr;
    Histogram* seconds = nullptr;
    Counter* failures = nullptr;
};

// The routes of all services in this process.  Filled while modules are made, then read by every
// loop.
class Dispatcher {
  public:
    enum class Outcome { found, no_path, no_method };
    struct Match {
        Outcome outcome = Outcome::no_path;
        const HostedOperation* operation = nullptr;
        PathParameters parameters;
        std::string allow;  // for no_method: the value of the Allow field
    };

    explicit Dispatcher(Metrics& metrics) : metrics_(metrics) {}

    void add(std::string_view service, void* api, aio::Loop& loop,
             std::vector<contracts::Operation> operations);
    void add_upgrade(std::string path, std::size_t edge, UpgradeTarget& target);

    // HEAD finds GET.
    Match find(std::string_view method, std::string_view path) const;
    // The target on that edge loop; nullptr when none.
    UpgradeTarget* find_upgrade(std::string_view path, std::size_t edge) const;

    // Runs the operation on its service's loop, behind deadline, access, metrics and error mapping.
    // Never throws a Failure: it becomes the answer.  `caller` comes from a verified token or an
    // internal call.
    static Task<net::http::Response> run(const HostedOperation& hosted, contracts::Caller caller,
                                         contracts::RawCall call);

    const std::vector<contracts::Operation>& operations() const { return all_; }

  private:
    struct Methods {
        std::vector<HostedOperation> rows;
    };
    Metrics& metrics_;
    PathTrie<Methods> trie_;
    std::vector<contracts::Operation> all_;
    std::vector<std::tuple<std::string, std::size_t, UpgradeTarget*>> upgrades_;
};

// Decodes the parameters of a match; throws `request.malformed_path` for a bad escape or text that
// is not UTF-8.
contracts::RawCall make_raw_call(const Dispatcher::Match& match, std::string_view query,
                                 std::string body);

}  // namespace loquat::runtime

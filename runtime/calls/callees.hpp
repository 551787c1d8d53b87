#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "aio/loop.hpp"
#include "contracts/core/client.hpp"
#include "runtime/module.hpp"
#include "runtime/platform/platform_config.hpp"

// Whom the modules of a process call.
namespace loquat::runtime {

// Throws `serve.neighbour_unknown` that lists each required service that is neither among `modules`
// nor in `urls`, and who needs it.
void check_callees(const std::vector<const Module*>& modules, const std::vector<ServiceUrl>& urls);

// The order of start: whoever is needed before those who need it, those of Start::last after all
// others, else as given.  Who need each other in a circle start as given too.
std::vector<const Module*> in_order_of_start(std::vector<const Module*> modules);

// Every client that modules ask for while they are made.  Whom each speaks to is found when all of
// them are, so that nobody has to be made before somebody else.  One thread until `connect` is
// over; afterwards nothing changes.
class Clients {
  public:
    struct Wanted {
        std::string service;
        std::type_index interface;
        aio::Loop& loop;  // the caller's
        std::string caller = {};
    };
    using Find = std::function<contracts::Callee(const Wanted&)>;

    explicit Clients(Find find) : find_(std::move(find)) {}

    // Empty until `connect`; whole at once after it.
    std::shared_ptr<const contracts::Callee> ask_for(Wanted wanted);
    void connect();

  private:
    struct Client {
        Wanted wanted;
        std::shared_ptr<contracts::Callee> callee;
    };

    Find find_;
    std::vector<Client> clients_;
    bool is_connected_ = false;
};

}  // namespace loquat::runtime

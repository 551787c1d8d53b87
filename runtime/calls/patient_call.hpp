#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "aio/scope.hpp"
#include "aio/timer.hpp"
#include "net/http/client.hpp"
#include "runtime/resilience/service_calls.hpp"

namespace loquat::runtime {

// A request that may be repeated, on its way to one instance; and, when that is silent for as long
// as its call has patience, to another one beside it.  The first answer counts that is no 502, 503
// or 504; what is still on its way then is given up.  So an instance that sleeps costs its callers
// a moment, and one that is only slow is not taken for one that sleeps.  One loop.
class PatientCall {
  public:
    using ToOther = std::function<std::unique_ptr<net::http::ClientCall>(const Endpoint&)>;

    struct Parts {
        aio::Loop& loop;
        ServiceCall& call;             // its attempt is under way
        net::http::ClientCall& first;  // to its instance, the head is written
        // The same request to another instance, its head written; may throw Failure.
        ToOther to_other;
        std::shared_ptr<const void> keep;  // what a request to another one needs to live
        aio::Scope* scope = nullptr;       // where it runs; null: it is the loop's
    };

    explicit PatientCall(Parts parts);
    ~PatientCall();
    PatientCall(const PatientCall&) = delete;
    PatientCall& operator=(const PatientCall&) = delete;

    // Sends, and gives the call that has the head of an answer: it lives as long as this.  The
    // attempt of `call` is then the one that has answered.  Fails as ClientCall, as the first one
    // did, when no other one answers.
    Task<net::http::ClientCall*> ask(std::string_view body, net::http::Replay replay);

  private:
    struct Other;

    void ask_other();
    static Task<void> run(std::shared_ptr<Other> other);

    Parts parts_;
    std::string_view body_;
    aio::Timer patience_;
    std::shared_ptr<Other> other_;  // null: nobody else was asked
};

}  // namespace loquat::runtime

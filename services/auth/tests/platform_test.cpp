#include <gtest/gtest.h>

#include "contracts/auth/auth.hpp"
#include "runtime/platform/platform.hpp"
#include "runtime/rights/tokens.hpp"
#include "services/auth/module.hpp"
#include "testing/run_elsewhere.hpp"
#include "testing/temporary_folder.hpp"

// The module as a platform runs it, with a verifier on another loop that follows revocations and
// new keys.
namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using contracts::AuthApi;

// Stands for a gateway.
class Edge final : public runtime::Service {
  public:
    explicit Edge(runtime::Context& context)
        : loop(context.loop()), tokens(context), auth(context.client<AuthApi>()) {
        running = this;
    }
    Task<void> start() override { return tokens.start(); }
    Task<void> stop(Steady) override { return tokens.stop(); }

    // Runs `work` on the edge's loop and waits for it on the test's thread.
    template <class T>
    T run(std::function<Task<T>()> work) {
        return test::run_elsewhere(loop, std::move(work));
    }

    aio::Loop& loop;
    runtime::Tokens tokens;
    contracts::Client<AuthApi> auth;
    static Edge* running;
};
Edge* Edge::running = nullptr;

struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

const runtime::Module edge_module{
    .name = "edge",
    .loop = "edge",
    .calls = {{"auth"}},
    .config = [] { return runtime::config_section<Empty>("edge"); },
    .make = [](runtime::Context& context) -> std::unique_ptr<runtime::Service> {
        return std::make_unique<Edge>(context);
    }};

struct OnPlatform : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<runtime::Platform> platform = make();

    std::unique_ptr<runtime::Platform> make() const {
        runtime::PlatformOptions options{.modules = {&module, &edge_module}, .data = folder.path()};
        options.sections = runtime::sections_of(options.modules);
        options.adapters = runtime::adapters_of(options.modules);
        options.sources.settings = {"auth.hash_memory_kib=64", "auth.hash_passes=1",
                                    "auth.signing_algorithm=ES256"};
        return std::make_unique<runtime::Platform>(std::move(options));
    }

    static Edge& edge() { return *Edge::running; }

    static contracts::Session sign_up(std::string name) {
        return edge()
            .run<contracts::Reply<contracts::Session>>([name = std::move(name)] {
                return edge().auth.call<&AuthApi::register_user>(
                    {}, {.username = name, .password = "a long enough secret"});
            })
            .body;
    }
    // "accepted", or the code of the refusal.
    static std::string verify(std::string token) {
        const auto result = edge().run<runtime::Tokens::Result>(
            [token = std::move(token)] { return edge().tokens.verify(token); });
        return result ? "accepted" : result.error().code;
    }
    static contracts::Caller caller_of(const contracts::Session& session) {
        const auto identity = edge().run<runtime::Tokens::Result>(
            [&] { return edge().tokens.verify(session.access_token); });
        return {.user = identity->user, .session = identity->session, .role = identity->role};
    }
};

TEST_F(OnPlatform, verifiers_accept_tokens_until_their_session_ends) {
    platform->start();
    const auto session = sign_up("ann");
    ASSERT_EQ(verify(session.access_token), "accepted");

    edge().run<contracts::Reply<contracts::Empty>>(
        [caller = caller_of(session)] { return edge().auth.call<&AuthApi::logout>(caller, {}); });

    EXPECT_EQ(verify(session.access_token), "auth.token_revoked");
}

TEST_F(OnPlatform, accounts_keys_and_revocations_survive_a_restart) {
    platform->start();
    const auto ended = sign_up("ann");
    const auto live = sign_up("bob");
    edge().run<contracts::Reply<contracts::Empty>>(
        [caller = caller_of(ended)] { return edge().auth.call<&AuthApi::logout>(caller, {}); });

    platform.reset();
    platform = make();
    platform->start();

    EXPECT_EQ(verify(live.access_token), "accepted");
    EXPECT_EQ(verify(ended.access_token), "auth.token_revoked");
    const auto again = edge().run<contracts::Reply<contracts::Session>>([&] {
        return edge().auth.call<&AuthApi::refresh>({}, {.refresh_token = live.refresh_token});
    });
    EXPECT_EQ(again.body.user.username, "bob");
}

}  // namespace
}  // namespace loquat::auth

#include <gtest/gtest.h>

#include "contracts/auth/auth.hpp"
#include "contracts/chat/chat.hpp"
#include "runtime/context.hpp"
#include "runtime/platform/platform.hpp"
#include "services/chat/module.hpp"
#include "services/consumer/module.hpp"
#include "testing/run_elsewhere.hpp"
#include "testing/temporary_folder.hpp"
#include "testing/world.hpp"

// The module as a platform runs it: SQLite, configuration, and every call through encoding and
// routes.
namespace loquat::chat {
namespace {

using contracts::AuthApi;
using contracts::Caller;
using contracts::ChatApi;

struct NoConfig {};
BOOST_DESCRIBE_STRUCT(NoConfig, (), ())

[[noreturn]] void not_played() { throw Failure{Kind::internal, "test.not_played", "not played"}; }

// Knows everybody by id; plays nothing else.
class StandInAuth final : public AuthApi {
  public:
    template <class T>
    using Answer = Task<contracts::Reply<T>>;

    Answer<contracts::Session> register_user(Caller, contracts::RegisterRequest) override {
        not_played();
    }
    Answer<contracts::Session> login(Caller, contracts::LoginRequest) override { not_played(); }
    Answer<contracts::Session> refresh(Caller, contracts::RefreshRequest) override { not_played(); }
    Answer<contracts::Empty> logout(Caller, contracts::Empty) override { not_played(); }
    Answer<contracts::Empty> logout_all(Caller, contracts::Empty) override { not_played(); }
    Task<contracts::User> get_me(Caller, contracts::Empty) override { not_played(); }
    Task<contracts::User> update_me(Caller, contracts::UpdateMeRequest) override { not_played(); }
    Task<void> change_password(Caller, contracts::PasswordRequest) override { not_played(); }
    Task<contracts::Page<contracts::SessionInfo>> list_sessions(Caller, contracts::Empty) override {
        not_played();
    }
    Task<void> delete_session(Caller, contracts::SessionRef) override { not_played(); }
    Task<contracts::PublicUser> get_user(Caller, contracts::UserRef) override { not_played(); }
    Task<contracts::Page<contracts::PublicUser>> find_users(Caller,
                                                            contracts::FindUsersRequest) override {
        not_played();
    }
    Task<wire::Value> get_jwks(Caller, contracts::Empty) override { not_played(); }
    Task<contracts::TokenAnswer> register_named(Caller, contracts::RegisterRequest) override {
        not_played();
    }
    Task<contracts::TokenAnswer> login_named(Caller, contracts::NamedLoginRequest) override {
        not_played();
    }
    Task<contracts::TokenAnswer> register_plain(Caller, contracts::RegisterRequest) override {
        not_played();
    }
    Task<contracts::TokenAnswer> login_plain(Caller, contracts::NamedLoginRequest) override {
        not_played();
    }
    Task<contracts::PublicUser> get_profile(Caller, contracts::UserRef) override { not_played(); }
    Task<contracts::User> set_role(Caller, contracts::RoleRequest) override { not_played(); }
    Task<wire::Value> rotate_keys(Caller, contracts::Empty) override { not_played(); }
    Task<contracts::RevocationList> list_revocations(Caller, contracts::Empty) override {
        not_played();
    }
    Task<contracts::ServerInfo> get_server(Caller, contracts::Empty) override { not_played(); }
    Task<contracts::LeavingUsers> list_leaving_users(Caller, contracts::Empty) override {
        co_return contracts::LeavingUsers{};
    }
    Task<void> note_user_left(Caller, contracts::UserRef) override { not_played(); }

    Task<contracts::UserList> list_users_by_id(Caller, contracts::UserIds request) override {
        contracts::UserList list;
        for (const UserId& id : request.ids) {
            contracts::PublicUser user;
            user.id = id;
            user.username = "u" + id.to_string().substr(30);
            user.display_name = "Somebody";
            list.items.push_back(std::move(user));
        }
        co_return list;
    }
};

class AuthService final : public runtime::Service {
  public:
    explicit AuthService(runtime::Context& context) {
        context.expose<AuthApi>(auth_, contracts::auth_operations());
    }

  private:
    StandInAuth auth_;
};

// Stands for a gateway.
class Edge final : public runtime::Service {
  public:
    explicit Edge(runtime::Context& context)
        : loop(context.loop()), chat(context.client<ChatApi>()) {
        running = this;
    }

    aio::Loop& loop;
    contracts::Client<ChatApi> chat;
    static Edge* running;
};
Edge* Edge::running = nullptr;

template <class T>
std::unique_ptr<runtime::Service> make_service(runtime::Context& context) {
    return std::make_unique<T>(context);
}

const runtime::Module auth_module{
    .name = "auth",
    .config = [] { return runtime::config_section<NoConfig>("auth"); },
    .make = &make_service<AuthService>};
const runtime::Module edge_module{
    .name = "edge",
    .loop = "edge",
    .calls = {{"chat"}},
    .config = [] { return runtime::config_section<NoConfig>("edge"); },
    .make = &make_service<Edge>};

struct OnPlatform : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<runtime::Platform> platform;

    OnPlatform() { start(); }

    void start() {
        platform.reset();
        runtime::PlatformOptions options{.modules = {&auth_module, &module, &edge_module},
                                         .data = folder.path()};
        options.sections =
            runtime::sections_of({&auth_module, &module, &consumer::module, &edge_module});
        options.adapters = runtime::adapters_of({&consumer::module});
        options.sources.settings = {"chat.store_wait_ms=1"};
        options.calls = runtime::Calls::loopback;
        platform = std::make_unique<runtime::Platform>(std::move(options));
        platform->start();
    }

    // Runs `work` on the edge's loop and waits for it on the test's thread.
    static void run(std::function<Task<void>()> work) {
        test::run_elsewhere(Edge::running->loop, std::move(work));
    }

    static const contracts::Client<ChatApi>& chat() { return Edge::running->chat; }
    static Caller as(const UserId& user) { return test::caller_as(user); }
};

TEST_F(OnPlatform, conversations_outlive_a_restart) {
    const UserId ana = UserId::make();
    ChatId made;
    run([&]() -> Task<void> {
        contracts::CreateChatRequest request;
        request.title = "Plans";
        request.member_ids = {UserId::make()};
        const auto created = co_await chat().call<&ChatApi::create_chat>(as(ana), request);
        EXPECT_EQ(created.status, 201);
        made = created.body.id;
    });

    start();
    run([&]() -> Task<void> {
        const contracts::ListChatsRequest request;
        const auto page = co_await chat().call<&ChatApi::list_chats>(as(ana), request);
        EXPECT_EQ(page.items.size(), 1U);
        EXPECT_EQ(page.items.front().id, made);
        EXPECT_EQ(page.items.front().member_count, 2);
    });
}

TEST_F(OnPlatform, messages_are_durable_without_a_consumer) {
    const UserId ana = UserId::make();
    run([&]() -> Task<void> {
        contracts::CreateChatRequest create;
        create.title = "Plans";
        const auto created = co_await chat().call<&ChatApi::create_chat>(as(ana), create);
        contracts::PostMessageRequest request;
        request.id = created.body.id;
        request.client_id = "c1";
        request.text = "hello";
        const contracts::ListMembersRequest members{.id = created.body.id};

        const auto posted = co_await chat().call<&ChatApi::post_message>(as(ana), request);
        const auto accepted = co_await chat().call<&ChatApi::accept_message>(as(ana), request);
        const auto listed = co_await chat().call<&ChatApi::list_members>(as(ana), members);

        EXPECT_EQ(posted.status, 202);
        EXPECT_EQ(posted.body.seq, std::nullopt);
        EXPECT_EQ(accepted.id, posted.body.id);
        EXPECT_EQ(listed.items.front().role, contracts::MemberRole::owner);
    });
}

TEST_F(OnPlatform, failures_keep_their_codes_and_fields) {
    run([&]() -> Task<void> {
        const contracts::ChatRef unknown{ChatId::make()};
        contracts::CreateChatRequest bad;
        bad.title = "";
        std::string code;
        std::string field;
        try {
            co_await chat().call<&ChatApi::get_chat>(as(UserId::make()), unknown);
        } catch (const Failure& failure) {
            code = failure.code;
        }
        try {
            co_await chat().call<&ChatApi::create_chat>(as(UserId::make()), bad);
        } catch (const Failure& failure) {
            field = failure.fields.front().field;
        }

        EXPECT_EQ(code, "chat.not_found");
        EXPECT_EQ(field, "title");
    });
}

}  // namespace
}  // namespace loquat::chat

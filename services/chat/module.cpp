#include "services/chat/module.hpp"

#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/chat/adapters/auth_directory.hpp"
#include "services/chat/adapters/file_journal.hpp"
#include "services/chat/adapters/model_client.hpp"
#include "services/chat/adapters/model_currency.hpp"
#include "services/chat/adapters/old_journal.hpp"
#include "services/chat/adapters/sql_answer_nodes.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/chat/adapters/sql_generations.hpp"
#include "services/chat/adapters/title_folding.hpp"
#include "services/chat/chat.hpp"
#include "services/chat/config_check.hpp"
#include "services/chat/generations/generations.hpp"
#include "services/chat/reports/usage_reports.hpp"

namespace loquat::chat {
namespace {

std::unique_ptr<GenerationJournal> open_journal(runtime::Context& context) {
    constexpr std::string_view name = "chat-journal";
    store::Folder& folder = context.stores().folder();
    return open_file_journal({.folder = folder.path() / name, .stamp = folder.stamp_files(name)});
}

FeedRows feed_of(runtime::Context& context) {
    return context.config<ChatConfig>().instances == Instances::one ? FeedRows::none
                                                                    : FeedRows::kept;
}

std::unique_ptr<SqlAnswerNodes> make_nodes(runtime::Context& context, store::Database& database) {
    return context.config<ChatConfig>().instances == Instances::one
               ? nullptr
               : std::make_unique<SqlAnswerNodes>(database);
}

store::DatabaseNeed chat_database() {
    return {.name = "chat",
            .owner = "chat",
            .schema = chat_schema(),
            .passing = {"answer_nodes", "membership_changes", "membership_feed"}};
}

class ChatService final : public runtime::Service {
  public:
    explicit ChatService(runtime::Context& context)
        : context_(context),
          database_(context.stores().database(chat_database())),
          chats_(make_sql_chats(database_, feed_of(context))),
          directory_(context.client<contracts::AuthApi>(),
                     context.client<contracts::AccountsApi>()),
          metrics_(context.metrics()),
          audit_({runtime::make_audit_sink(context), context.clock(), context.metrics(),
                  context.loop(), "chat"}),
          models_(context.client<contracts::ModelApi>()),
          nodes_(make_nodes(context, database_)),
          open_answers_(models_, context.clock(),
                        context.config<ChatConfig>().generations_waiting_max, nodes_.get()),
          chat_({*chats_, directory_, open_answers_, open_answers_, context.stores().log(),
                 context.stores().get<store::MessageHistory>("messages"),
                 context.stores().broadcast(), context.clock(), context.loop(), metrics_, audit_,
                 context.rights()},
                context.config<ChatConfig>()),
          currency_(context.client<contracts::ModelApi>()),
          reports_({context.stores().get<store::UsageHistory>("usage"),
                    context.stores().get<store::AuditHistory>("audit"), currency_, context.clock()},
                   context.config<ChatConfig>().tokens_per_day_max),
          generation_store_(make_sql_generations(database_, nodes_.get())),
          old_journal_(context.stores().folder().path() / "chat-journal.db"),
          journal_(nodes_ ? nullptr : open_journal(context)),
          usage_(context.stores().get<store::UsageHistory>("usage")),
          generation_metrics_(context.metrics()),
          generations_(
              {chat_.parts(), open_answers_, *generation_store_, journal(), models_, usage_,
               context.stores().log(), context.stores().get<store::MessageHistory>("messages"),
               context.stores().broadcast(), context.clock(), context.loop(), generation_metrics_,
               audit_, context.rights(), nodes_.get()},
              context.config<ChatConfig>()) {
        context.expose<contracts::ChatApi>(chat_, contracts::chat_operations());
        context.expose<contracts::GenerationApi>(generations_, contracts::generation_operations());
        context.expose<contracts::UsageApi>(reports_, contracts::usage_operations());
    }

    Task<void> start() override {
        audit_.start();
        co_await fold_titles(database_);
        co_await chat_.recall_activity();
        chat_.start();
        if (journal_) {
            co_await take_over_journal(old_journal_, *journal_);
        }
        co_await generations_.start();
    }
    Task<void> reload() override {
        const auto fresh = context_.config<ChatConfig>();
        chat_.take_config(fresh);
        generations_.take_config(fresh);
        reports_.set_tokens_per_day_max(fresh.tokens_per_day_max);
        co_return;
    }
    Task<bool> is_at_rest() override {
        const auto unfinished = co_await generation_store_->list_unfinished();
        const auto unsettled = co_await generation_store_->list_unsettled();
        co_return unfinished.empty() && unsettled.empty();
    }
    Task<void> stop(Steady deadline) override {
        co_await generations_.stop(deadline);
        co_await chat_.stop(deadline);
        co_await audit_.stop(deadline);
    }

  private:
    // In files of this instance, or where the others can read it.
    GenerationJournal& journal() {
        return nodes_ ? static_cast<GenerationJournal&>(*nodes_) : *journal_;
    }

    runtime::Context& context_;
    store::Database& database_;
    std::unique_ptr<ChatStore> chats_;
    AuthDirectory directory_;
    ChatMetrics metrics_;
    runtime::AuditTrail audit_;
    ModelClient models_;
    std::unique_ptr<SqlAnswerNodes> nodes_;  // where there are several instances
    OpenAnswers open_answers_;
    Chat chat_;
    ModelCurrency currency_;
    UsageReports reports_;
    std::unique_ptr<GenerationStore> generation_store_;
    std::filesystem::path old_journal_;
    std::unique_ptr<GenerationJournal> journal_;
    StoredUsage usage_;
    GenerationMetrics generation_metrics_;
    Generations generations_;
};

std::unique_ptr<runtime::Service> make_chat(runtime::Context& context) {
    return std::make_unique<ChatService>(context);
}

runtime::ConfigSection chat_config() {
    return runtime::config_section<ChatConfig>("chat", check_config);
}

std::vector<store::DatabaseNeed> databases() { return {chat_database()}; }

}  // namespace

// Without a model people still talk to each other.
const runtime::Module module{
    .name = "chat",
    .loop = "chat",
    .stores = runtime::StorePlace::shared,
    .calls = {{"auth"}, {"model", runtime::Need::optional}, {"consumer", runtime::Need::optional}},
    .databases = &databases,
    .config = &chat_config,
    .make = &make_chat};

}  // namespace loquat::chat

#include "services/config/module.hpp"

#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/config/adapters/file_reader.hpp"
#include "services/config/adapters/folder_source.hpp"
#include "services/config/adapters/git_source.hpp"
#include "services/config/config_check.hpp"
#include "services/config/rest.hpp"

namespace loquat::config {
namespace {

// Where neither a folder nor a repository is named.
class NoSource final : public SourcePort {
  public:
    void start(std::function<void()>) override {}
    Task<void> stop() override { co_return; }
    std::string default_label() const override { return {}; }
    Task<SnapshotPtr> find(std::string) override { co_return std::make_shared<Snapshot>(); }
    Task<void> refresh() override { co_return; }
    std::optional<std::string> trouble() const override { return std::nullopt; }
};

std::unique_ptr<SourcePort> make_source(const runtime::Context& context, const Config& config) {
    if (!config.git.uri.empty()) {
        return std::make_unique<GitSource>(
            context.loop(),
            GitSourceSettings{
                .repository = {.uri = config.git.uri,
                               .clone = context.stores().folder().path() / "config-clone",
                               .username = config.git.username,
                               .password = config.git.password,
                               .time_max = config.git.fetch_ms_max},
                .default_label = config.default_label,
                .fetch_every = config.git.fetch_seconds});
    }
    if (!config.folder.empty()) {
        return std::make_unique<FolderSource>(context.loop(), config.folder);
    }
    return std::make_unique<NoSource>();
}

FrontSettings front_settings(const Config& config) {
    FrontSettings settings{.search_paths = config.search_paths,
                           .accepts_empty = config.accept_empty};
    if (config.git.uri.empty()) {
        settings.search_paths.emplace_back("{label}");
    }
    for (const std::string& line : config.overrides) {
        const std::size_t equals = line.find('=');
        settings.overrides.push_back(
            {.key = line.substr(0, equals), .value = line.substr(equals + 1)});
    }
    return settings;
}

class ConfigService final : public runtime::Service {
  public:
    explicit ConfigService(runtime::Context& context)
        : context_(context),
          config_(context.config<Config>()),
          cipher_(make_cipher(config_.encrypt)),
          front_(reader_, cipher_.get(), front_settings(config_)),
          source_(make_source(context, config_)),
          following_({config_, *source_, front_, context}),
          registered_(context, config_.refreshed_applications),
          rest_({config_, *source_, front_, following_, registered_, context}),
          server_(context, rest_) {
        context.metrics().gauge_of(
            "loquat_config_source_away",
            "1 while what is served may be old: the folder or the repository cannot be read.", {},
            [source = std::weak_ptr{source_}] {
                const auto known = source.lock();
                return known && known->trouble() ? 1.0 : 0.0;
            });
    }

    Task<void> start() override {
        source_->start([this] { following_.on_change(); });
        server_.listen(config_.address, static_cast<std::uint16_t>(config_.port));
        co_return;
    }
    Task<void> stop(Steady deadline) override {
        source_->stop_fetching();
        co_await registered_.stop();
        co_await following_.stop();
        co_await server_.drain(deadline);
        co_await source_->stop();
    }
    Task<void> reload() override {
        config_ = context_.config<Config>();
        front_.set_accepts_empty(config_.accept_empty);
        if (auto* git = dynamic_cast<GitSource*>(source_.get())) {
            git->set_fetch_every(config_.git.fetch_seconds);
        }
        co_return;
    }
    std::string address() const override { return server_.address(); }

  private:
    runtime::Context& context_;
    Config config_;
    FileReader reader_;
    std::unique_ptr<net::TextCipher> cipher_;
    ConfigFront front_;
    std::shared_ptr<SourcePort> source_;
    Following following_;
    RegisteredApplications registered_;
    Rest rest_;
    runtime::FrontServer server_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("config", check_config); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ConfigService>(context);
}

}  // namespace

const runtime::Module module{.name = "config", .loop = "config", .config = &section, .make = &make};

}  // namespace loquat::config

#pragma once
#include <string>
#include <unordered_map>

#include "net/http/client.hpp"
#include "net/tls/context.hpp"
#include "services/model/adapters/openai_request.hpp"
#include "services/model/config.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

// Whom a provider's certificates are judged by: the system's authorities, or those of its ca_file.
// Throws `config.invalid` and tls.*.
std::shared_ptr<const net::tls::ClientContext> make_provider_tls(const ProviderConfig& config);

// A server that speaks OpenAI's language, over our own HTTP client: on the loop, so that
// cancellation closes its connection at once, and a waiting stream costs no thread.
class OpenAiProvider final : public Provider {
  public:
    // Throws `config.invalid`, and tls.* for certificates that cannot be used.
    OpenAiProvider(aio::Loop& loop, const Clock& clock, ProviderConfig config);

    Task<Ending> answer(Prompt prompt, AnswerSink& sink) override;
    Task<std::vector<ListedModel>> list_models() override;
    Steady held_until() const override { return held_until_; }
    // A key that cannot be read leaves the old one in use.
    void reload(const Config& fresh) override;

    // Connections, for tests.
    net::http::ClientCounts connections() const { return client_.counts(); }

  private:
    Task<Ending> try_with_quirks(Prompt prompt, AnswerSink& sink);
    void hold(std::chrono::milliseconds time);
    std::string head_lines() const;

    aio::Loop& loop_;
    const Clock& clock_;
    ProviderConfig config_;
    ProviderUrl url_;
    net::http::Origin origin_;
    std::string key_;
    net::http::Client client_;
    std::unordered_map<std::string, Quirks> quirks_;  // by the provider's name of a model
    Steady held_until_ = Steady::min();
};

}  // namespace loquat::model

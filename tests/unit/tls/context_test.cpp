// SPDX-License-Identifier: MIT
// Loading a certificate and its key: what an operator gets wrong is told with the file and the reason.
#include "tls/context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "unit/tls/client.hpp"

namespace encke::tls {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

struct tls_context_test : testing::Test {
  folder files;
  key_ptr key = make_ec_key();
  std::string certificate_pem = pem_of(make_certificate(key.get()).get());
  std::string certificate_file = files.write("cert.pem", certificate_pem);
  std::string key_file = files.write("key.pem", pem_of(key.get()));

  [[nodiscard]] static std::string refusal_of(const settings& with) {
    try {
      (void)context::load(with);
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(ERR_peek_error(), 0U);
      return e.what();
    }
    ADD_FAILURE() << "was loaded";
    return {};
  }
  [[nodiscard]] static std::string subject_sent_by(const std::shared_ptr<const context>& from) {
    client c;
    engine server{from};
    talk(c, server);
    return std::to_string(sk_X509_num(SSL_get_peer_cert_chain(c.native())));
  }
};

TEST_F(tls_context_test, loads_a_certificate_with_its_key) {
  const auto loaded = context::load({certificate_file, key_file});
  EXPECT_EQ(loaded->warning(), "");
  EXPECT_EQ(subject_sent_by(loaded), "1");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_F(tls_context_test, loads_an_rsa_key_too) {
  const auto rsa = make_rsa_key();
  client c{{.version = TLS1_2_VERSION}};
  engine server{make_context(rsa)};
  talk(c, server);
  EXPECT_TRUE(c.is_established());
}

TEST_F(tls_context_test, sends_the_chain_and_ignores_text_around_it) {
  const auto other = pem_of(make_certificate(make_ec_key().get()).get());
  const auto chain =
      files.write("chain.pem", "subject: us\n" + certificate_pem + "issuer: them\n" + other + "the end\n");
  EXPECT_EQ(subject_sent_by(context::load({chain, key_file})), "2");
}

TEST_F(tls_context_test, takes_both_from_one_file) {
  const auto both = files.write("both.pem", pem_of(key.get()) + certificate_pem);
  EXPECT_EQ(subject_sent_by(context::load({both, both})), "1");
}

TEST_F(tls_context_test, names_a_file_that_is_not_there) {
  EXPECT_THAT(refusal_of({files.path("none.pem"), key_file}), AllOf(HasSubstr("none.pem"), HasSubstr("No such file")));
  EXPECT_THAT(refusal_of({certificate_file, files.path("none.key")}),
              AllOf(HasSubstr("none.key"), HasSubstr("No such file")));
  EXPECT_THAT(refusal_of({files.path(""), key_file}), HasSubstr("Is a directory"));
  EXPECT_THAT(refusal_of({"", key_file}), HasSubstr("no certificate file is given"));
  EXPECT_THAT(refusal_of({certificate_file, ""}), HasSubstr("no key file is given"));
}

TEST_F(tls_context_test, names_a_file_that_is_not_pem) {
  const auto garbage = files.write("garbage.pem", "no certificate in here\n");
  EXPECT_THAT(refusal_of({garbage, key_file}),
              AllOf(HasSubstr("garbage.pem"), HasSubstr("no certificate in PEM form")));
  EXPECT_THAT(refusal_of({certificate_file, garbage}),
              AllOf(HasSubstr("garbage.pem"), HasSubstr("no private key in PEM form")));
  EXPECT_THAT(refusal_of({key_file, key_file}), HasSubstr("no certificate in PEM form"));
  EXPECT_THAT(refusal_of({certificate_file, certificate_file}), HasSubstr("no private key in PEM form"));
}

TEST_F(tls_context_test, names_the_certificate_of_a_chain_that_is_damaged) {
  auto damaged = certificate_pem;
  damaged[damaged.size() / 2] = '!';
  const auto file = files.write("damaged.pem", certificate_pem + damaged);
  EXPECT_THAT(refusal_of({file, key_file}),
              AllOf(HasSubstr("certificate 2"), HasSubstr("damaged.pem"), HasSubstr("damaged")));
}

TEST_F(tls_context_test, refuses_a_key_that_does_not_belong_to_the_certificate) {
  const auto other = files.write("other.pem", pem_of(make_ec_key().get()));
  EXPECT_THAT(refusal_of({certificate_file, other}), AllOf(HasSubstr("other.pem"), HasSubstr("does not belong")));
  const auto rsa = files.write("rsa.pem", pem_of(make_rsa_key().get()));
  EXPECT_THAT(refusal_of({certificate_file, rsa}), HasSubstr("does not belong"));
}

TEST_F(tls_context_test, does_not_ask_for_a_passphrase) {
  const auto locked = files.write("locked.pem", pem_of(key.get(), "secret"));
  EXPECT_THAT(refusal_of({certificate_file, locked}), AllOf(HasSubstr("locked.pem"), HasSubstr("encrypted")));
}

TEST_F(tls_context_test, refuses_a_key_that_is_too_weak) {
  const auto weak = make_rsa_key(1024);
  const auto file = files.write("weak.pem", pem_of(make_certificate(weak.get()).get()) + pem_of(weak.get()));
  EXPECT_THAT(refusal_of({file, file}), AllOf(HasSubstr("weak.pem"), HasSubstr("too small")));
}

TEST_F(tls_context_test, refuses_a_file_of_senseless_size) {
  const auto huge = files.write("huge.pem", std::string(std::size_t{2} << 20, '\n'));
  EXPECT_THAT(refusal_of({huge, key_file}), AllOf(HasSubstr("huge.pem"), HasSubstr("larger than 1 MiB")));
}

TEST_F(tls_context_test, warns_of_a_certificate_out_of_its_time) {
  const auto expired = files.write("old.pem", pem_of(make_certificate(key.get(), -7200, -3600).get()));
  EXPECT_THAT(context::load({expired, key_file})->warning(), AllOf(HasSubstr("old.pem"), HasSubstr("expired on 20")));
  const auto early = files.write("new.pem", pem_of(make_certificate(key.get(), 3600, 7200).get()));
  EXPECT_THAT(context::load({early, key_file})->warning(),
              AllOf(HasSubstr("new.pem"), HasSubstr("valid only from 20")));
}

}  // namespace
}  // namespace encke::tls

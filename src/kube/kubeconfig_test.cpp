#include "kube/kubeconfig.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kube/testing/fake_kubelet.h"

namespace septet::kube {
namespace {

// A kubeconfig of one context, with these members of its cluster and its user.
std::string config_text(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: main\npreferences: {}\n"
         "contexts: [{name: other, context: {}}, {name: main, context: {cluster: c, user: u, "
         "namespace: ns}}]\n"
         "clusters: [{name: c, cluster: {" +
         cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
}
Result<ApiAccess> parse(const std::string& text) {
  return parse_kubeconfig(TRY(parse_yaml("config", text)), "/etc/kube");
}

TEST(Kubeconfig, DataInTheFile) {
  const auto access = parse(
      config_text("server: \"https://10.0.0.1:6443/\", certificate-authority-data: Q0E=, "
                  "certificate-authority: ignored",
                  "client-certificate-data: Q0VSVA==, client-key-data: S0VZ, client-key: ignored"));
  ASSERT_TRUE(access) << access.error().describe();
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
  EXPECT_EQ(access->authority_pem, "CA");
  EXPECT_EQ(access->authority_file, "");
  EXPECT_EQ(access->client_certificate_pem, "CERT");
  EXPECT_EQ(access->client_key_pem, "KEY");
  EXPECT_EQ(access->client_key_file, "");
  EXPECT_EQ(access->name_space, "ns");
  EXPECT_FALSE(access->insecure);
}

TEST(Kubeconfig, FilesAreRelativeToIt) {
  const auto access = parse(config_text(
      "server: \"https://a\", certificate-authority: pki/ca.crt, insecure-skip-tls-verify: true",
      "client-certificate: ../me.crt, client-key: /me.key, tokenFile: token, token: overruled"));
  ASSERT_TRUE(access) << access.error().describe();
  EXPECT_EQ(access->authority_file, "/etc/kube/pki/ca.crt");
  EXPECT_EQ(access->client_certificate_file, "/etc/me.crt");
  EXPECT_EQ(access->client_key_file, "/me.key");
  EXPECT_EQ(access->token_file, "/etc/kube/token");
  EXPECT_EQ(access->token, "");
  EXPECT_TRUE(access->insecure);
}

TEST(Kubeconfig, AFileIsReadFromItsFolder) {
  const testing::ScratchFolder folder;
  std::ofstream(folder.at("config")) << config_text("server: \"https://a\"", "tokenFile: t");
  const auto access = read_kubeconfig(folder.at("config"));
  ASSERT_TRUE(access) << access.error().describe();
  EXPECT_EQ(access->token_file, folder.at("t"));
  EXPECT_EQ(read_kubeconfig(folder.at("none")).error().code, Code::kNotFound);
  const auto list = read_kubeconfig(folder.at("config") + ":" + folder.at("b"));
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, Code::kNotSupported);
}

TEST(Kubeconfig, AUserMayBeAbsent) {
  const auto access = parse(
      "current-context: a\ncontexts: [{name: a, context: {cluster: a}}]\n"
      "clusters: [{name: a, cluster: {server: \"http://localhost:8001\"}}]\n");
  ASSERT_TRUE(access) << access.error().describe();
  EXPECT_EQ(access->server, "http://localhost:8001");
}

TEST(Kubeconfig, WhatWouldRunAProgramIsRefusedByItsName) {
  const auto access =
      parse(config_text("server: \"https://a\"", "exec: {command: aws, args: [eks, get-token]}"));
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().code, Code::kNotSupported);
  EXPECT_NE(access.error().what.find("aws"), std::string::npos);
  EXPECT_NE(access.error().what.find("exec"), std::string::npos);
  EXPECT_FALSE(access.error().remedy.empty());
  for (const char* user : {"auth-provider: {name: gcp}", "username: a", "as: system:admin"}) {
    EXPECT_EQ(parse(config_text("server: \"https://a\"", user)).error().code, Code::kNotSupported)
        << user;
  }
  EXPECT_EQ(parse(config_text("server: \"https://a\", proxy-url: \"http://p\"", "")).error().code,
            Code::kNotSupported);
}

TEST(Kubeconfig, WhatIsBrokenIsAnErrorWithItsPlace) {
  const std::string fine = "server: \"https://a\"";
  const std::vector<std::pair<std::string, Code>> broken = {
      {"", Code::kInvalidArgument},
      {"[]", Code::kInvalidArgument},
      {"a: 1", Code::kInvalidArgument},
      {"current-context: [a]", Code::kInvalidArgument},
      {"current-context: a", Code::kNotFound},
      {"current-context: a\ncontexts: a", Code::kNotFound},
      {"current-context: a\ncontexts: [a, {name: [a]}, {name: a}]", Code::kInvalidArgument},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: x}}]", Code::kNotFound},
      {config_text(fine + ", certificate-authority-data: \"***\"", ""), Code::kInvalidArgument},
      {config_text(fine, "client-certificate-data: Q0E="), Code::kInvalidArgument},
      {config_text(fine, "client-key: me.key"), Code::kInvalidArgument},
      {config_text("server: \"http://10.0.0.1\"", ""), Code::kInvalidArgument},
      {config_text("", ""), Code::kInvalidArgument}};
  for (const auto& [text, code] : broken) {
    const auto access = parse(text);
    ASSERT_FALSE(access) << text;
    EXPECT_EQ(access.error().code, code) << text << ": " << access.error().describe();
  }
}

TEST(Base64, IsReadStrictly) {
  const auto long_line = "QUJD\n  REVG\r\nRw==";
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("QQ=="), "A");
  EXPECT_EQ(decode_base64("QUI="), "AB");
  EXPECT_EQ(decode_base64(long_line), "ABCDEFG");
  EXPECT_EQ(decode_base64("/+8A"), std::string("\xff\xef\0", 3));
  for (const char* bad : {"Q", "QQ", "QQ=", "QQ===", "=QQ=", "QQ==QQ==", "Q-Q=", "Q=Q="}) {
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
  }
}

TEST(ServiceAccount, IsThePodsOwn) {
  const testing::ScratchFolder folder;
  const auto access = [&] { return service_account_access(folder.path(), "10.96.0.1", "443"); };
  EXPECT_EQ(access().error().code, Code::kNotFound);
  std::ofstream(folder.at("token")) << "t\n";
  EXPECT_EQ(access().error().code, Code::kNotFound);
  std::ofstream(folder.at("ca.crt")) << "pem";
  std::ofstream(folder.at("namespace")) << "septet-system\n";
  ASSERT_TRUE(access()) << access().error().describe();
  EXPECT_EQ(access()->server, "https://10.96.0.1:443");
  EXPECT_EQ(access()->token_file, folder.at("token"));
  EXPECT_EQ(access()->authority_file, folder.at("ca.crt"));
  EXPECT_EQ(access()->name_space, "septet-system");
  EXPECT_EQ(service_account_access(folder.path(), "fd00::1", "443")->server,
            "https://[fd00::1]:443");
  EXPECT_EQ(service_account_access(folder.path(), "", "").error().code, Code::kNotFound);
  EXPECT_EQ(service_account_access(folder.path(), "a@b", "443").error().code,
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace septet::kube

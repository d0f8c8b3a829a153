using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using DoorController.KeyServer;
using DoorController.KeyServer.Page;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Page
{
    /// <summary>How the guest's page is served.</summary>
    [TestClass]
    public sealed class PageTests
    {
        private const int MaxBytes = 80 * 1024;

        [TestMethod]
        public void Page_WithScriptStyleAndTexts_IsAtMost80KB()
        {
            int bytes = PageFiles.Names.Sum(name => PageFiles.Read(name).Length);
            Console.WriteLine($"page_bytes {bytes}");
            Assert.IsLessThanOrEqualTo(MaxBytes, bytes);
        }

        [TestMethod]
        public async Task A_browser_gets_the_page_for_any_code_and_a_program_is_told_how_to_redeem()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            using HttpClient http = new() { BaseAddress = rig.Address };
            string page = await GetAsync(http, "/ik/" + new string('a', 24), "text/html,*/*;q=0.8");
            StringAssert.StartsWith(page, "<!doctype html>");
            Assert.AreEqual(page, await GetAsync(http, "/ik/", "*/*"));
            StringAssert.Contains(await GetAsync(http, "/ik/" + new string('a', 24), "application/json"), "redeem");
        }

        [TestMethod]
        public async Task Every_file_is_served_with_a_policy_that_knows_no_other_host()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            using HttpClient http = new() { BaseAddress = rig.Address };
            foreach (string name in PageFiles.Names.Where(n => n != "index.html").Prepend(string.Empty))
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri("/ik/" + name, UriKind.Relative));
                Assert.AreEqual(200, (int)answer.StatusCode, name);
                Assert.AreEqual(PageFiles.ContentSecurityPolicy, answer.Headers.GetValues("Content-Security-Policy").Single(), name);
                Assert.AreEqual("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single(), name);
                string text = await answer.Content.ReadAsStringAsync();
                Assert.IsFalse(text.Contains("http://", StringComparison.Ordinal) && name != "icon.svg", name);
            }

            string worker = await GetAsync(http, "/ik/sw.js", "*/*");
            Assert.IsTrue(PageFiles.Names.Where(n => n is not ("index.html" or "sw.js")).All(n => worker.Contains($"'{n}'", StringComparison.Ordinal)), worker);
            Assert.IsFalse(worker.Contains("{version}", StringComparison.Ordinal));
        }

        [TestMethod]
        public async Task A_certificate_is_served_and_taken_anew_when_its_file_was_renewed()
        {
            string file = Path.Combine(Directory.CreateTempSubdirectory("door-certificate-").FullName, "site.pem");
            string first = Write(file);
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { CertificateFile = file });
            Assert.AreEqual(Uri.UriSchemeHttps, rig.Address.Scheme);
            Assert.AreEqual(first, await SeenAsync(rig.Address));
            string second = Write(file);
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
            Assert.AreEqual(first, await SeenAsync(rig.Address), "looked at once a minute");
            rig.Clock.Move(TimeSpan.FromMinutes(2));
            Assert.AreEqual(second, await SeenAsync(rig.Address));
            await File.WriteAllTextAsync(file, "half");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(5));
            rig.Clock.Move(TimeSpan.FromMinutes(2));
            Assert.AreEqual(second, await SeenAsync(rig.Address), "what cannot be read changes nothing");
        }

        [TestMethod]
        public void A_file_that_is_no_certificate_is_told_with_what_is_wanted()
        {
            string file = Path.GetTempFileName();
            KeyServerException e = Assert.ThrowsExactly<KeyServerException>(() => CertificateFile.Load(file));
            StringAssert.StartsWith(e.Message, "--certificate " + file);
            StringAssert.Contains(e.Message, "cat fullchain.pem privkey.pem > site.pem");
            File.Delete(file);
            Assert.ThrowsExactly<KeyServerException>(() => CertificateFile.Load(file));
        }

        private static async Task<string> GetAsync(HttpClient http, string path, string accept)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using HttpResponseMessage answer = await http.SendAsync(request);
            return await answer.Content.ReadAsStringAsync();
        }

        private static string Write(string file)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
            File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
            return certificate.Thumbprint;
        }

        private static async Task<string> SeenAsync(Uri address)
        {
            string seen = string.Empty;
            using SocketsHttpHandler handler = new()
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        seen = certificate!.GetCertHashString();
                        return certificate.Subject == "CN=localhost";
                    },
                },
            };
            using HttpClient http = new(handler);
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, "/health"));
            return seen;
        }
    }
}

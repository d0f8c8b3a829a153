using System;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;
using DoorController.KeyServer.Outside;
using DoorController.Tests.KeyServer.Look;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Outside
{
    /// <summary>What others name leads the server into no network of its own.</summary>
    [TestClass]
    public sealed class OutsideHttpTests
    {
        [TestMethod]
        [DataRow("0.0.0.0")]
        [DataRow("10.1.2.3")]
        [DataRow("100.64.0.1")]
        [DataRow("127.0.0.1")]
        [DataRow("169.254.169.254")]
        [DataRow("172.16.0.1")]
        [DataRow("172.31.255.255")]
        [DataRow("192.168.1.1")]
        [DataRow("198.19.0.1")]
        [DataRow("224.0.0.1")]
        [DataRow("255.255.255.255")]
        [DataRow("::")]
        [DataRow("::1")]
        [DataRow("::ffff:10.0.0.1")]
        [DataRow("::10.0.0.1")]
        [DataRow("64:ff9b::a00:1")]
        [DataRow("2002:a00:1::")]
        [DataRow("fd00::1")]
        [DataRow("fe80::1")]
        [DataRow("ff02::1")]
        public void An_address_that_is_not_of_the_Internet_is_none(string address) => Assert.IsFalse(PublicAddress.IsPublic(IPAddress.Parse(address)));

        [TestMethod]
        [DataRow("1.1.1.1")]
        [DataRow("100.128.0.1")]
        [DataRow("172.32.0.1")]
        [DataRow("192.169.0.1")]
        [DataRow("::ffff:8.8.8.8")]
        [DataRow("2606:4700::1111")]
        [DataRow("2a00:1450:4001::1")]
        public void An_address_of_the_Internet_is_one(string address) => Assert.IsTrue(PublicAddress.IsPublic(IPAddress.Parse(address)));

        [TestMethod]
        public async Task A_name_is_judged_by_where_it_leads_and_so_is_each_redirect()
        {
            await using LogoServer server = await LogoServer.StartAsync();
            string port = server.Address[server.Address.LastIndexOf(':')..];
            using HttpClient publicOnly = OutsideHttp.Make(PublicAddress.IsPublic);
            foreach (string host in new[] { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1" })
            {
                HttpRequestException e = await Assert.ThrowsExactlyAsync<HttpRequestException>(() => publicOnly.GetAsync(new Uri($"http://{host}{port}/logo.png")));
                StringAssert.Contains(e.ToString(), "does not fetch from", host);
            }

            Assert.AreEqual(0, server.Requests);
            using HttpClient onlyOne = OutsideHttp.Make(address => address.Equals(IPAddress.Loopback));
            Assert.AreEqual(200, (int)(await onlyOne.GetAsync(new Uri($"{server.Address}/to/%2Flogo.png"))).StatusCode);
            await Assert.ThrowsExactlyAsync<HttpRequestException>(() => onlyOne.GetAsync(new Uri($"{server.Address}/to/http%3A%2F%2F127.0.0.2{port}%2Flogo.png")));
            Assert.AreEqual(3, server.Requests, "the second redirect was not followed");
        }
    }
}

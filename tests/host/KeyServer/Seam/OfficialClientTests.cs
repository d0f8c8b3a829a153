using System.Diagnostics;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Seam
{
    /// <summary>The official client of the API, from npm and unmodified, against the server (client/client.mjs).</summary>
    [TestClass]
    public sealed class OfficialClientTests
    {
        private const string Checks = """
            workspace
            create identity
            get identity
            page through identities
            generate instant key
            get instant key by id and by url
            list instant keys
            the same by GET and DELETE with a query
            delete instant key
            events
            not found
            invalid input
            unauthorized
            delete identity
            """;

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_official_client_works_unchanged(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            using Process node = NodeClient.Start(rig, "client.mjs");
            Task<string> error = node.StandardError.ReadToEndAsync();
            string output = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            Assert.AreEqual(0, node.ExitCode, await error);
            Assert.AreEqual(Checks.ReplaceLineEndings("\n"), output.Trim().ReplaceLineEndings("\n"));
        }
    }
}

using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Root
{
    /// <summary>API keys at the command line: made, listed without the secret, ended.</summary>
    [TestClass]
    public sealed class ApiKeyCommandTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_key_is_told_once_listed_by_id_and_name_and_ended_at_once(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            (int code, string made) = await RunAsync(rig, "add-api-key", "--name", "front desk");
            Assert.AreEqual(0, code, made);
            string secret = made.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Single(w => w.StartsWith("seam_", StringComparison.Ordinal));
            Assert.AreEqual(200, (await rig.SendAsync(HttpMethod.Post, "/doors/list", "{}", secret)).Status);

            (code, string listed) = await RunAsync(rig, "list-api-keys");
            Assert.AreEqual(0, code, listed);
            Assert.HasCount(2, listed.Split('\n'), "the first key of the site, and this one");
            Assert.DoesNotContain(secret, listed);
            string[] row = listed.Split('\n').Single(l => l.EndsWith("  front desk", StringComparison.Ordinal)).Split("  ");
            Assert.IsTrue(Guid.TryParse(row[0], out _), row[0]);

            Assert.AreEqual(0, (await RunAsync(rig, "delete-api-key", "--id", row[0])).Code);
            Assert.AreEqual(401, (await rig.SendAsync(HttpMethod.Post, "/doors/list", "{}", secret)).Status);
            Assert.HasCount(1, (await RunAsync(rig, "list-api-keys")).Output.Split('\n'));
            (code, string again) = await RunAsync(rig, "delete-api-key", "--id", row[0]);
            Assert.AreNotEqual(0, code);
            Assert.Contains("list-api-keys shows them", again);
        }

        private static Task<(int Code, string Output)> RunAsync(ServerRig rig, string command, params string[] options) => ServerProcess.RunAsync(
            [command, "--data", rig.Folder, .. options], rig.DatabaseSettings.Kind == DatabaseKind.PostgreSql ? rig.DatabaseSettings.ConnectionString : null);
    }
}

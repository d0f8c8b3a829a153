using System;
using System.Diagnostics;
using System.IO;
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
            string folder = FindClient();
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            ProcessStartInfo start = new("node", ["client.mjs", rig.Address.ToString().TrimEnd('/'), rig.ApiKey])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process node = StartOrSkip(start);
            Task<string> error = node.StandardError.ReadToEndAsync();
            string output = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            Assert.AreEqual(0, node.ExitCode, await error);
            Assert.AreEqual(Checks.ReplaceLineEndings("\n"), output.Trim().ReplaceLineEndings("\n"));
        }

        private static string FindClient()
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root != null && !File.Exists(Path.Combine(root.FullName, "DoorController.sln")))
            {
                root = root.Parent;
            }

            string folder = Path.Combine(root?.FullName ?? string.Empty, "tests", "host", "KeyServer", "client");
            string client = Path.Combine(folder, "node_modules", "seam");
            if (!Directory.Exists(client) && Install(folder) is string problem)
            {
                Assert.Inconclusive($"the official client is not installed, and npm ci does not do it: {problem}");
            }

            return folder;
        }

        /// <summary>What .ci/run does before the tests, for those who run the tests alone.</summary>
        /// <returns>The last line of what went wrong; null when it is installed.</returns>
        private static string? Install(string folder)
        {
            using Process npm = StartOrSkip(new("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            string error = npm.StandardError.ReadToEnd().Trim();
            npm.WaitForExit();
            return npm.ExitCode == 0 ? null : $"{error} {output.Result.Trim()}".Trim().Split('\n')[^1];
        }

        private static Process StartOrSkip(ProcessStartInfo start)
        {
            try
            {
                return Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                throw new AssertInconclusiveException($"no {start.FileName} here: the official client is not run");
            }
        }
    }
}

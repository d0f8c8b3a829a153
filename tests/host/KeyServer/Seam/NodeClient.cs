using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Seam
{
    /// <summary>Programs on the official client of the API, from npm and unmodified (client/), and its schemas (schemas/).</summary>
    internal static class NodeClient
    {
        /// <summary>Starts a program, with the server's address and an API key.</summary>
        public static Process Start(ServerRig rig, string program)
        {
            string client = Find("client", "seam");
            Find("schemas", "zod");
            return StartOrSkip(new("node", [program, rig.Address.ToString().TrimEnd('/'), rig.ApiKey])
            {
                WorkingDirectory = client,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }

        /// <summary>Finds a folder of packages, and installs them should they not be there.</summary>
        private static string Find(string name, string package)
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root != null && !File.Exists(Path.Combine(root.FullName, "DoorController.sln")))
            {
                root = root.Parent;
            }

            string folder = Path.Combine(root?.FullName ?? string.Empty, "tests", "host", "KeyServer", name);
            if (!Directory.Exists(Path.Combine(folder, "node_modules", package)) && Install(folder) is string problem)
            {
                Assert.Inconclusive($"{package} is not installed, and npm ci does not do it: {problem}");
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

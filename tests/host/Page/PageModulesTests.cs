using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Page
{
    /// <summary>The modules of the guest's page that want no browser, under node's own test runner: tests/page.</summary>
    [TestClass]
    public sealed partial class PageModulesTests
    {
        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public async Task EachModule_DoesWhatItsTestsSay()
        {
            ProcessStartInfo start = new("node", ["--test", "--test-reporter=tap", "tests/page/"])
            {
                WorkingDirectory = Vectors.Root(),
                RedirectStandardOutput = true,
            };
            using Process node = Start(start);
            string output = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            TestContext.WriteLine(output);
            Assert.AreEqual(0, node.ExitCode, string.Join('\n', Failures().Matches(output)));
            int passed = int.Parse(Passed().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.IsGreaterThan(130, passed, "tests that passed");
        }

        private static Process Start(ProcessStartInfo start)
        {
            try
            {
                return Process.Start(start)!;
            }
            catch (Win32Exception)
            {
                Assert.Inconclusive("node is not here, and runs the tests of the page");
                throw;
            }
        }

        [GeneratedRegex("^not ok .*$", RegexOptions.Multiline)]
        private static partial Regex Failures();

        [GeneratedRegex("^# pass ([0-9]+)", RegexOptions.Multiline)]
        private static partial Regex Passed();
    }
}

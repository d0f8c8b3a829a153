using System;
using System.Globalization;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>
    /// A naive model beside the real store, compared after each of many random operations: lists of every kind, power cuts, full
    /// disks, rot, reboots, changed bundles. A million in a release build, as CI runs it; fewer while somebody develops.
    /// DOOR_MODEL_OPERATIONS sets how many, DOOR_MODEL_SEED repeats a run that failed.
    /// </summary>
    [TestClass]
    public class KeyStoreModelTests
    {
#if DEBUG
        private const int OperationsByDefault = 50_000;
#else
        private const int OperationsByDefault = 1_000_000;
#endif

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void NaiveModelAgreesAfterEachRandomOperation()
        {
            int operations = Setting("DOOR_MODEL_OPERATIONS", OperationsByDefault);
            int seed = Setting("DOOR_MODEL_SEED", Environment.TickCount & 0xFFFFFF);
            TestContext.WriteLine($"seed {seed}, {operations} operations (DOOR_MODEL_SEED={seed} repeats it)");
            ModelRun run = new(seed);
            for (int i = 0; i < operations; i++)
            {
                try
                {
                    run.Operate();
                }
                catch (Exception fault)
                {
                    throw new InvalidOperationException($"DOOR_MODEL_SEED={seed}, operation {i}: {run.Last}: {fault.Message}", fault);
                }
            }

            TestContext.WriteLine(run.Counts());
        }

        private static int Setting(string name, int otherwise)
        {
            string? text = Environment.GetEnvironmentVariable(name);
            return string.IsNullOrEmpty(text) ? otherwise : int.Parse(text, CultureInfo.InvariantCulture);
        }
    }
}

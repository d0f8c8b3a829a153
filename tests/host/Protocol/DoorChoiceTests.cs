using System.Globalization;
using System.IO;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>"Choosing a door" of PROTOCOL.md section 3: its cases, tried on the code that phones use.</summary>
    [TestClass]
    public sealed class DoorChoiceTests
    {
        private static readonly WalletDoor[] Wallet = [new(1, "POOL", ["BATH"]), new(2, "SAFE", []), new(3, "GYM", ["HALL"])];

        [TestMethod]
        public void EachCaseOfTheDocument_EndsAsItSays()
        {
            string[][] cases = [.. File.ReadAllText(Path.Combine(Vectors.Root(), "firmware/PROTOCOL.md")).Split("| chosen by | what |").Last().Split('\n').Skip(2)
                .TakeWhile(l => l.StartsWith('|')).Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray())];
            Assert.HasCount(9, cases);
            foreach (string[] row in cases)
            {
                uint hello = uint.Parse(row[2], CultureInfo.InvariantCulture);
                uint? chosen = row[0] == "name" ? DoorChoice.ByName(Wallet, row[1]) : DoorChoice.BySticker(Wallet, uint.Parse(row[1], CultureInfo.InvariantCulture));
                string outcome = DoorChoice.Judge(chosen, hello) switch
                {
                    ChoiceOutcome.Unlock => "writes Unlock",
                    ChoiceOutcome.AnotherDoor => "writes nothing: another door",
                    _ => "does not connect",
                };
                Assert.AreEqual(row[3], outcome, string.Join(' ', row));
            }
        }

        [TestMethod]
        public void ANameThatADoorHas_IsNotTheOneThatAnotherHad()
        {
            Assert.AreEqual(5u, DoorChoice.ByName([new(4, "OLD", ["NEW"]), new(5, "NEW", [])], "NEW"));
            Assert.IsNull(DoorChoice.ByName([new(4, "A", ["NEW"]), new(5, "B", ["new"])], "NEW"), "two had it: nobody knows which is meant");
            Assert.AreEqual(4u, DoorChoice.ByName([new(4, "A", ["B", "B"]), new(4, "A", ["B"])], "b"), "two keys for one door");
        }
    }
}

using System;
using System.Linq;
using DoorController.Access;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Storage;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>Strike and reboot need the answer to a challenge; wrong answers cost time, whoever pulls the plug.</summary>
    [TestClass]
    public sealed class ConsoleProofTests
    {
        [TestMethod]
        public void The_right_answer_energises_once_and_is_recorded()
        {
            using ConsoleRig rig = new();
            string answer = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike);
            Assert.AreEqual("strike energised for 5000 ms", rig.Ask("strike " + answer.ToUpperInvariant()).Single());
            Assert.AreEqual(1, rig.Rig.Host.Strike.Pulses);
            Assert.AreEqual("strike: no challenge stands; type \"strike\" for one", rig.Ask("strike " + answer).Single());
            Assert.AreEqual(1, rig.Rig.Host.Strike.Pulses);
            Assert.IsTrue(rig.Ask("log").Any(l => l.EndsWith("technician, granted", StringComparison.Ordinal)));
        }

        [TestMethod]
        public void A_door_in_its_safe_state_opens_for_no_technician_and_says_why()
        {
            using ConsoleRig rig = new(settings: Settings.Safe("door.json: not there"));
            string answer = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike);
            StringAssert.StartsWith(rig.Ask("strike " + answer).Single(), "strike: the settings are bad", StringComparison.Ordinal);
            Assert.AreEqual(0, rig.Rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void A_car_gets_all_its_floors()
        {
            using ConsoleRig rig = new(floors: 3);
            rig.Ask("strike " + rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike));
            Assert.AreEqual(7, rig.Rig.Host.Floors.Selected);
        }

        [TestMethod]
        public void Reboot_waits_for_the_strike_and_leaves_its_reason()
        {
            using ConsoleRig rig = new();
            rig.Ask("strike " + rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike));
            rig.Rig.Host.Serial.Type("reboot " + rig.Answer(rig.Challenge("reboot"), TechnicianCommand.Reboot) + "\r");
            rig.Rig.Run(1000);
            Assert.IsFalse(rig.Rig.Host.Power.IsRebootOrdered, "the strike is energised");
            StringAssert.Contains(rig.Rig.Host.Serial.TakeText(), "rebooting once the strike is released\r\n", StringComparison.Ordinal);
            rig.Rig.Run(6000);
            Assert.IsTrue(rig.Rig.Host.Power.IsRebootOrdered);
            rig.Rig.Reboot();
            Assert.AreEqual(RebootReason.Technician, rig.Door.Supervisor.LastReboot);
        }

        [TestMethod]
        public void The_line_of_a_reboot_is_sent_before_the_board_goes()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type("reboot " + rig.Answer(rig.Challenge("reboot"), TechnicianCommand.Reboot) + "\r");
            rig.Rig.Run(10000);
            Assert.IsTrue(rig.Rig.Host.Power.IsRebootOrdered);
            StringAssert.Contains(rig.Rig.Host.Serial.TakeText(), "rebooting once the strike is released\r\n", StringComparison.Ordinal);
        }

        [TestMethod]
        public void An_answer_is_good_for_its_command_its_challenge_and_its_time_only()
        {
            using ConsoleRig rig = new();
            string forReboot = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Reboot);
            StringAssert.StartsWith(rig.Ask("strike " + forReboot).Single(), "strike: wrong answer; wait 2 s", StringComparison.Ordinal);
            rig.Rig.Run(2000);
            byte[] old = rig.Challenge("strike");
            rig.Challenge("strike");
            StringAssert.StartsWith(
                rig.Ask("strike " + rig.Answer(old, TechnicianCommand.Strike)).Single(), "strike: wrong answer; wait 4 s", StringComparison.Ordinal);
            rig.Rig.Run(4000);
            byte[] late = rig.Challenge("strike");
            rig.Rig.Run(Limits.ChallengeMs + 1000);
            StringAssert.StartsWith(
                rig.Ask("strike " + rig.Answer(late, TechnicianCommand.Strike)).Single(), "strike: no challenge stands", StringComparison.Ordinal);
            byte[] other = rig.Challenge("strike");
            StringAssert.StartsWith(
                rig.Ask("reboot " + rig.Answer(other, TechnicianCommand.Reboot)).Single(), "reboot: no challenge stands", StringComparison.Ordinal);
            Assert.AreEqual(0, rig.Rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Each_wrong_answer_doubles_the_wait_up_to_its_bound()
        {
            using ConsoleRig rig = new();
            for (int i = 1; i <= Limits.TechnicianDoublings + 2; i++)
            {
                rig.Challenge("strike");
                long wait = Limits.TechnicianLockMs << Math.Min(i, Limits.TechnicianDoublings);
                Assert.AreEqual("strike: wrong answer; wait " + (wait / 1000) + " s", rig.Ask("strike 0000000000").Single());
                StringAssert.StartsWith(rig.Ask("reboot").Single(), "reboot: locked after wrong answers", StringComparison.Ordinal);
                rig.Rig.Host.Run(rig.Rig.Poll, wait, 1000);
            }

            Assert.AreEqual("strike energised for 5000 ms", rig.Ask("strike " + rig.Answer(rig.Challenge("strike"), 1)).Single());
            rig.Challenge("reboot");
            Assert.AreEqual("reboot: wrong answer; wait 2 s", rig.Ask("reboot 0000000000").Single(), "a right answer clears the count");
        }

        [TestMethod]
        public void The_wait_begins_again_after_a_power_cut()
        {
            using ConsoleRig rig = new();
            rig.Challenge("strike");
            rig.Ask("strike 0000000000");
            rig.Rig.Run(2000);
            rig.Challenge("strike");
            rig.Ask("strike 0000000000");
            rig.Rig.Reboot();
            rig.ReadToPrompt();
            Assert.AreEqual("strike: locked after wrong answers, try again in 4 s", rig.Ask("strike").Single());
            rig.Rig.Run(4000);
            rig.Challenge("strike");
            Assert.AreEqual("strike: wrong answer; wait 8 s", rig.Ask("strike 0000000000").Single());
        }

        [TestMethod]
        public void While_it_is_locked_not_even_the_right_answer_is_judged()
        {
            VirtualFlash files = new();
            Guess(files, right: false);
            TechnicianProof proof = Boot(files);
            byte[] challenge = Convert.FromHexString(proof.Challenge(TechnicianCommand.Strike, 0));
            string answer = DoorController.Issuer.ServerBlobs.TechnicianResponse(Site.Root, 1, 1, challenge, TechnicianCommand.Strike);
            Assert.AreEqual(ProofOutcome.NoChallenge, proof.Judge(TechnicianCommand.Strike, answer, WaitAfter(1) * 1000 - 1));
        }

        [TestMethod]
        public void A_wrong_answer_is_recorded()
        {
            using ConsoleRig rig = new();
            rig.Challenge("reboot");
            rig.Ask("reboot 0000000000");
            Assert.IsTrue(rig.Ask("log").Any(l => l.EndsWith("technician, not proven", StringComparison.Ordinal)));
        }

        /// <summary>
        /// Whoever pulls the plug while the try is being counted was not judged, and has it counted where the count landed whole: in no
        /// shape of the write is a guess free, or the count before it lost.
        /// </summary>
        [TestMethod]
        public void A_power_cut_in_the_count_gives_no_free_guess()
        {
            int cuts = 0;
            for (int wrong = 0; wrong <= 3; wrong++)
            {
                TornFiles prepared = new();
                for (int i = 0; i < wrong; i++)
                {
                    Assert.AreEqual(ProofOutcome.Wrong, Guess(prepared, right: false));
                }

                foreach (TornShape shape in Enum.GetValues<TornShape>())
                {
                    TornFiles files = prepared.Copy();
                    files.CutAt = 1;
                    files.CutShape = shape;
                    Assert.ThrowsExactly<PowerLostException>(() => Guess(files, right: true), "the power goes before the answer is judged");
                    long wait = Wait(files);
                    bool counted = shape == TornShape.Whole;
                    Assert.AreEqual(WaitAfter(counted ? wrong + 1 : wrong), wait, $"{wrong} wrong, {shape}");
                    cuts++;
                }
            }

            Assert.AreEqual(24, cuts);
        }

        /// <summary>The same on the virtual littlefs, cut in every step of it: create, data, commit.</summary>
        [TestMethod]
        public void A_power_cut_in_any_step_of_the_flash_gives_no_free_guess()
        {
            int cuts = 0;
            for (int wrong = 0; wrong <= 2; wrong++)
            {
                VirtualFlash prepared = new();
                for (int i = 0; i < wrong; i++)
                {
                    Guess(prepared, right: false);
                }

                VirtualFlash whole = prepared.Copy();
                Guess(whole, right: false);
                for (int step = 1; step <= whole.Power.Steps; step++)
                {
                    VirtualFlash files = prepared.Copy();
                    files.Power.CutAt = step;
                    int outcome = -1;
                    try
                    {
                        outcome = Guess(files, right: false);
                    }
                    catch (PowerLostException)
                    {
                        cuts++;
                    }

                    files.Restart();
                    Assert.AreEqual(-1, outcome, "nothing was judged");
                    long wait = Wait(files);
                    Assert.IsTrue(wait == WaitAfter(wrong) || wait == WaitAfter(wrong + 1), $"{wrong} wrong, step {step}: {wait} s");
                }
            }

            Assert.IsTrue(cuts >= 4, "cuts: " + cuts);
        }

        [TestMethod]
        public void A_cut_while_a_right_answer_is_cleared_costs_a_wait_and_nothing_more()
        {
            TornFiles files = new();
            Guess(files, right: false);
            files.CutAt = 2;
            files.CutShape = TornShape.Nothing;
            Assert.ThrowsExactly<PowerLostException>(() => Guess(files, right: true));
            Assert.AreEqual(WaitAfter(2), Wait(files));
            Assert.AreEqual(ProofOutcome.Right, Guess(files, right: true));
            Assert.AreEqual(0, Wait(files));
        }

        [TestMethod]
        public void When_flash_does_not_count_no_answer_is_judged()
        {
            MemoryFiles files = new();
            using ConsoleRig rig = new(flash: files);
            string answer = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike);
            files.WritesLeft = 0;
            StringAssert.StartsWith(rig.Ask("strike " + answer).Single(), "strike: flash does not take the count", StringComparison.Ordinal);
            Assert.AreEqual(0, rig.Rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void A_door_without_keys_gives_no_challenge()
        {
            using HostBoard board = new(new MemoryFiles());
            Door door = new(board.Board, new Settings());
            StringAssert.StartsWith(
                new DangerousCommands(door, board.Board).Run(TechnicianCommand.Strike, "strike", "", 0), "strike: this door has no keys", StringComparison.Ordinal);
        }

        private static long WaitAfter(int wrong) => wrong == 0 ? 0 : (Limits.TechnicianLockMs << wrong) / 1000;

        private static long Wait(IFiles files) => Boot(files).SecondsLocked(0);

        /// <summary>Boots, waits as long as it must, and answers once.</summary>
        private static int Guess(IFiles files, bool right)
        {
            TechnicianProof proof = Boot(files);
            long now = proof.SecondsLocked(0) * 1000L;
            byte[] challenge = Convert.FromHexString(proof.Challenge(TechnicianCommand.Strike, now));
            string answer = DoorController.Issuer.ServerBlobs.TechnicianResponse(Site.Root, 1, 1, challenge, TechnicianCommand.Strike);
            return proof.Judge(TechnicianCommand.Strike, right ? answer : "0000000000", now);
        }

        private static TechnicianProof Boot(IFiles files)
        {
            HostBoard host = new(files);
            MemoryFiles keys = new();
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            SlotFile file = new(keys, host.Crypto, "bundle", new byte[Limits.ScratchBytes]);
            file.Save(bundle, 0, bundle.Length);
            Board board = host.Board;
            return new TechnicianProof(board, new Keyring(host.Crypto, file));
        }
    }
}

#!/usr/bin/perl
# ELIZA en un servidor con fork, Perl
use strict;
use warnings;
use IO::Socket::INET;

my %mirror = (
    i => 'you', me => 'you', my => 'your', am => 'are', myself => 'yourself', mine => 'yours',
    you => 'I', your => 'my', are => 'am', yourself => 'myself',
);
my @rules = (
    [ qr/\bmother\b/         => 'Tell me more about your mother', 'Who else in your family comes to mind' ],
    [ qr/\bdream/            => 'What does that dream make you think of', 'Do you believe in what you dream' ],
    [ qr/\bi(?: a|')m (.*)/  => 'Why do you think you are *', 'It is good to know that you are *' ],
    [ qr/\byou are (.*)/     => 'And what if I am *', 'I am *, you say' ],
    [ qr/\bi (\w+) you\b/    => 'Why do you * me', 'So you * me' ],
    [ qr/\b(hate|love)\b/    => 'That is a strong word', 'What is it to * somebody' ],
    [ qr/\?$/                => 'Why do you ask', 'What do you think yourself' ],
);
my @others = ('Hmm, go on', 'Could you explain that', 'How does that make you feel', 'What else');

sub answer {
    my ($said) = @_;
    for my $rule (@rules) {
        my ($pattern, @answers) = @$rule;
        next unless lc($said) =~ $pattern;
        my $rest = defined $1 ? $1 : '';
        $rest =~ s/[.!?]+$//;
        $rest = join ' ', map { exists $mirror{$_} ? $mirror{$_} : $_ } split ' ', $rest;
        my $answer = $answers[ rand @answers ];
        $answer =~ s/\*/$rest/;
        return $answer;
    }
    return $others[ rand @others ];
}

$| = 1;
my $port = shift or die "uso: $0 puerto\n";
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 5, ReuseAddr => 1) or die "$port: $!\n";
$SIG{CHLD} = 'IGNORE';
print "Eliza escucha en $port\n";
while (1) {
    my $client = $server->accept or next;
    my $pid = fork;
    if ($pid) { close $client; next }
    close $server;
    srand;
    $client->autoflush(1);
    print $client "*** ELIZA ***  Good day. What brings you here?\n";
    while (my $line = <$client>) {
        $line =~ s/\s+$//;
        if ($line =~ /^\s*(bye|quit|exit)\b/i) {
            print $client "Good bye, take care.\n";
            last;
        }
        print $client answer($line), "...\n";
    }
    close $client;
    exit;
}
